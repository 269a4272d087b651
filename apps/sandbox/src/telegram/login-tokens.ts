import { randomBytes } from "node:crypto";
import { type Clock, minutes, seconds } from "../clock.ts";
import type { RpcCaller } from "@patchbay/mtproto-server";
import { createSessionHash } from "./logins.ts";
import { badRequest } from "./refusals.ts";

/** The token of a QR code. The person who accepts it logs in the client that shows it. */
export interface LoginToken {
  readonly value: Buffer;
  /** The client that shows the token. */
  readonly exporter: RpcCaller;
  readonly expiresAt: number;
  /** The users that the app already has. */
  readonly exceptIds: readonly bigint[];
  /** The hash of the future session. */
  readonly hash: bigint;
  accepted?: { readonly person: string; readonly until: number };
  /** The key that the token logs in. */
  taker?: string;
  spent: boolean;
}

interface AcceptedScan {
  readonly value: Buffer;
  readonly person: string;
  readonly userId: bigint;
}

/** The tokens of QR codes. */
export interface LoginTokens {
  /** Returns the client's current token, or a new one. */
  exportToken(exporter: RpcCaller, exceptIds: readonly bigint[]): LoginToken;
  acceptToken(scan: AcceptedScan): LoginToken;
  /** Takes a token that comes from another data centre. */
  importToken(value: Buffer, importer: RpcCaller): LoginToken & { accepted: { readonly person: string } };
  forget(authKeyId: string): void;
  clear(): void;
}

const tokenLifetimeMs = seconds(30);
/** How long a client may take to notice that its token was accepted. */
const pickUpMs = minutes(5);

/** Creates an empty store of login tokens. */
export function createLoginTokens(clock: Clock): LoginTokens {
  const tokens = new Map<string, LoginToken>();
  const named = (value: Buffer): LoginToken | undefined => tokens.get(value.toString("hex"));

  function isLive({ accepted, expiresAt, spent }: LoginToken): boolean {
    return !spent && (accepted?.until ?? expiresAt) > clock.now();
  }

  function issue(exporter: RpcCaller, exceptIds: readonly bigint[]): LoginToken {
    const value = randomBytes(32);
    const expiresAt = clock.now() + tokenLifetimeMs;
    const token = { value, exporter, exceptIds, expiresAt, hash: createSessionHash(), spent: false };
    tokens.set(value.toString("hex"), token);
    return token;
  }

  const accept: LoginTokens["acceptToken"] = ({ value, person, userId }) => {
    const token = named(value);
    if (token === undefined) throw badRequest("AUTH_TOKEN_INVALID2");
    if (token.accepted !== undefined) throw badRequest("AUTH_TOKEN_ALREADY_ACCEPTED");
    if (!isLive(token)) throw badRequest("AUTH_TOKEN_EXPIRED");
    if (token.exceptIds.includes(userId)) throw badRequest("AUTH_TOKEN_EXCEPTION");
    token.accepted = { person, until: clock.now() + pickUpMs };
    return token;
  };

  const take: LoginTokens["importToken"] = (value, { authKeyId, dc }) => {
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
    exportToken: (exporter, exceptIds) =>
      [...tokens.values()].find((token) => token.exporter.authKeyId === exporter.authKeyId && isLive(token)) ??
      issue(exporter, exceptIds),
    acceptToken: accept,
    importToken: take,
    forget: (authKeyId) => {
      for (const [name, token] of tokens) if (token.exporter.authKeyId === authKeyId) tokens.delete(name);
    },
    clear: () => tokens.clear(),
  };
}
