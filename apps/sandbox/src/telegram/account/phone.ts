import { Misused } from "../../control/misused.ts";
import { RpcError } from "../rpc.ts";
import type { Accounts, Registry } from "./accounts.ts";
import type { Message } from "./codes.ts";
import type { Login } from "./logins.ts";
import { byPhone, digits, type TelegramPerson } from "./people.ts";
import { scan } from "./scan.ts";

/** The telephone that somebody holds: what the control door and the phone page do in their name. */
export interface Phone {
  readonly owner: TelegramPerson;
  messages(): readonly Message[];
  sessions(): readonly Login[];
  /** Accepts the QR code of this URL. */
  scan(url: string): void;
  /** Ends one session, or all of them. */
  end(hash?: bigint): number;
}

export function phoneOf(accounts: Accounts, number: string): Phone {
  const owner = byPhone(accounts.registry.people, number);
  if (owner === undefined) throw new Misused(`Nobody on Telegram has the number "${number}".`);
  return createPhone(accounts.registry, owner);
}

export function phoneOfPerson({ registry }: Accounts, id: string): Phone | undefined {
  const owner = registry.people.find(id);
  return owner && createPhone(registry, owner);
}

function createPhone(registry: Registry, owner: TelegramPerson): Phone {
  const { logins, codes } = registry;
  return {
    owner,
    messages: () => codes.messages(digits(owner.phone)),
    sessions: () => logins.of(owner.person),
    scan: (url) => accept(registry, owner, url),
    end: (hash) => {
      const meant = logins.of(owner.person).filter((login) => hash === undefined || login.hash === hash);
      for (const { authKeyId } of meant) logins.end(authKeyId, hash === undefined ? "revoked" : undefined);
      return meant.length;
    },
  };
}

function accept(registry: Registry, owner: TelegramPerson, url: string): void {
  if (!owner.registered || owner.banned) throw new Misused(`${owner.name} has no Telegram account to let it in to.`);
  try {
    scan(registry, { value: tokenIn(url), person: owner.person });
  } catch (error) {
    if (error instanceof RpcError) throw new Misused(complaints[error.message] ?? error.message);
    throw error;
  }
}

const complaints: Readonly<Record<string, string>> = {
  AUTH_TOKEN_INVALID2: "Telegram does not know this QR code (AUTH_TOKEN_INVALID2).",
  AUTH_TOKEN_EXPIRED: "This QR code has expired; scan the one that is shown now (AUTH_TOKEN_EXPIRED).",
  AUTH_TOKEN_ALREADY_ACCEPTED: "This QR code was scanned before (AUTH_TOKEN_ALREADY_ACCEPTED).",
  AUTH_TOKEN_EXCEPTION: "The app asks for somebody whom it does not have yet (AUTH_TOKEN_EXCEPTION).",
};

function tokenIn(url: string): Buffer {
  const parsed = URL.parse(url.trim());
  const token = parsed?.protocol === "tg:" && parsed.host === "login" ? parsed.searchParams.get("token") : null;
  if (token === null || !/^[\w-]{20,}=*$/.test(token))
    throw new Misused("This is no QR code of Telegram: it holds tg://login?token=…");
  return Buffer.from(token, "base64url");
}
