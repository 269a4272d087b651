import { InvalidRequest } from "../control/invalid-request.ts";
import { RpcError } from "@patchbay/mtproto-server";
import type { TelegramAccounts } from "./accounts.ts";
import type { TelegramState } from "./state.ts";
import type { LoginMessage } from "./login-codes.ts";
import type { Login } from "./logins.ts";
import { findByPhone, normalizePhone, type TelegramPerson } from "./people.ts";
import { acceptLoginToken } from "./accept-login-token.ts";

/** The phone of a person: what the control API and the phone pages do in their name. */
export interface Phone {
  readonly owner: TelegramPerson;
  listMessages(): readonly LoginMessage[];
  listSessions(): readonly Login[];
  /** Accepts the QR code of this URL. */
  scanQrCode(url: string): void;
  /** Ends one session, or all of them. */
  endSessions(hash?: bigint): number;
}

/** Returns the phone with this number. Throws InvalidRequest if no person has it. */
export function getPhone(accounts: TelegramAccounts, number: string): Phone {
  const owner = findByPhone(accounts.state.people, number);
  if (owner === undefined) throw new InvalidRequest(`Nobody on Telegram has the number "${number}".`);
  return createPhone(accounts.state, owner);
}

/** Finds the phone of a person. */
export function findPhoneOfPerson({ state }: TelegramAccounts, id: string): Phone | undefined {
  const owner = state.people.findPerson(id);
  return owner && createPhone(state, owner);
}

function createPhone(state: TelegramState, owner: TelegramPerson): Phone {
  const { logins, codes } = state;
  return {
    owner,
    listMessages: () => codes.listMessages(normalizePhone(owner.phone)),
    listSessions: () => logins.listOf(owner.person),
    scanQrCode: (url) => acceptQrCode(state, owner, url),
    endSessions: (hash) => {
      const meant = logins.listOf(owner.person).filter((login) => hash === undefined || login.hash === hash);
      for (const { authKeyId } of meant) logins.endLogin(authKeyId, hash === undefined ? "revoked" : undefined);
      return meant.length;
    },
  };
}

function acceptQrCode(state: TelegramState, owner: TelegramPerson, url: string): void {
  if (!owner.registered || owner.banned)
    throw new InvalidRequest(`${owner.name} has no Telegram account to let it in to.`);
  try {
    acceptLoginToken(state, { value: parseLoginUrl(url), person: owner.person });
  } catch (error) {
    if (error instanceof RpcError) throw new InvalidRequest(sentences[error.message] ?? error.message);
    throw error;
  }
}

const sentences: Readonly<Record<string, string>> = {
  AUTH_TOKEN_INVALID2: "Telegram does not know this QR code (AUTH_TOKEN_INVALID2).",
  AUTH_TOKEN_EXPIRED: "This QR code has expired; scan the one that is shown now (AUTH_TOKEN_EXPIRED).",
  AUTH_TOKEN_ALREADY_ACCEPTED: "This QR code was scanned before (AUTH_TOKEN_ALREADY_ACCEPTED).",
  AUTH_TOKEN_EXCEPTION: "The app asks for somebody whom it does not have yet (AUTH_TOKEN_EXCEPTION).",
};

function parseLoginUrl(url: string): Buffer {
  const parsed = URL.parse(url.trim());
  const token = parsed?.protocol === "tg:" && parsed.host === "login" ? parsed.searchParams.get("token") : null;
  if (token === null || !/^[\w-]{20,}=*$/.test(token))
    throw new InvalidRequest("This is no QR code of Telegram: it holds tg://login?token=…");
  return Buffer.from(token, "base64url");
}
