import { randomBytes } from "node:crypto";
import { type Clock, minutes, seconds } from "../../clock.ts";
import type { RpcCaller } from "../rpc.ts";
import { sessionHash } from "./logins.ts";
import { badRequest } from "./refusals.ts";

/** What a QR code holds: whoever accepts it lets the client in that shows it. */
export interface LoginToken {
  readonly value: Buffer;
  /** Who shows it. */
  readonly exporter: RpcCaller;
  readonly expiresAt: number;
  /** The users whom the app has already. */
  readonly exceptIds: readonly bigint[];
  /** Of the session that will come of it. */
  readonly hash: bigint;
  accepted?: { readonly person: string; readonly until: number };
  /** The key that it is to let in. */
  taker?: string;
  spent: boolean;
}

interface Scan {
  readonly value: Buffer;
  readonly person: string;
  readonly userId: bigint;
}

export interface Tokens {
  /** The same token until it runs out or is accepted and spent. */
  export(exporter: RpcCaller, exceptIds: readonly bigint[]): LoginToken;
  accept(scan: Scan): LoginToken;
  /** A token that came from another data centre, accepted there or here. */
  import(value: Buffer, importer: RpcCaller): LoginToken & { accepted: { readonly person: string } };
  forget(authKeyId: string): void;
  clear(): void;
}

const lifetime = seconds(30);
/** How long the client may take to find out that it was let in. */
const pickUp = minutes(5);

export function createTokens(clock: Clock): Tokens {
  const tokens = new Map<string, LoginToken>();
  const named = (value: Buffer): LoginToken | undefined => tokens.get(value.toString("hex"));

  function isLive({ accepted, expiresAt, spent }: LoginToken): boolean {
    return !spent && (accepted?.until ?? expiresAt) > clock.now();
  }

  function issue(exporter: RpcCaller, exceptIds: readonly bigint[]): LoginToken {
    const value = randomBytes(32);
    const expiresAt = clock.now() + lifetime;
    const token = { value, exporter, exceptIds, expiresAt, hash: sessionHash(), spent: false };
    tokens.set(value.toString("hex"), token);
    return token;
  }

  const accept: Tokens["accept"] = ({ value, person, userId }) => {
    const token = named(value);
    if (token === undefined) throw badRequest("AUTH_TOKEN_INVALID2");
    if (token.accepted !== undefined) throw badRequest("AUTH_TOKEN_ALREADY_ACCEPTED");
    if (!isLive(token)) throw badRequest("AUTH_TOKEN_EXPIRED");
    if (token.exceptIds.includes(userId)) throw badRequest("AUTH_TOKEN_EXCEPTION");
    token.accepted = { person, until: clock.now() + pickUp };
    return token;
  };

  const take: Tokens["import"] = (value, { authKeyId, dc }) => {
    const token = named(value);
    const isForeign = token?.exporter.dc === dc && token.exporter.authKeyId !== authKeyId;
    if (token === undefined || isForeign) throw badRequest("AUTH_TOKEN_INVALID");
    const taken = token.spent || (token.taker !== undefined && token.taker !== authKeyId);
    if (taken) throw badRequest("AUTH_TOKEN_ALREADY_ACCEPTED");
    if (!isLive(token)) throw badRequest("AUTH_TOKEN_EXPIRED");
    const { accepted } = token;
    if (accepted === undefined) throw badRequest("AUTH_TOKEN_INVALID");
    return Object.assign(token, { accepted });
  };

  return {
    export: (exporter, exceptIds) =>
      [...tokens.values()].find((token) => token.exporter.authKeyId === exporter.authKeyId && isLive(token)) ??
      issue(exporter, exceptIds),
    accept,
    import: take,
    forget: (authKeyId) => {
      for (const [name, token] of tokens) if (token.exporter.authKeyId === authKeyId) tokens.delete(name);
    },
    clear: () => tokens.clear(),
  };
}
