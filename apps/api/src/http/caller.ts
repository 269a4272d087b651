import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "@patchbay/core/connect";
import { ConnectError } from "@patchbay/core/errors";
import { fingerprint, newSecret } from "@patchbay/core/vault";
import { decode, readCookie } from "./cookies.ts";

const browserSeconds = 3600;
const browserShape = /^[A-Za-z0-9_-]{43}$/;
const bearerScheme = "bearer ";
const signatureShape = /^[A-Za-z0-9+/]{43}=$/;

/** Who a request comes from, as far as its headers tell. Whether the session is live, the statement that uses it says. */
export interface Callers {
  /** The caller of a request. Throws `unauthenticated` without a well signed session. */
  caller(request: IncomingMessage): Caller;
  /** The same, and a cookie for the browser where it had none. */
  withBrowser(request: IncomingMessage, response: ServerResponse): Caller & { browser: Buffer };
  /** What a provider's return may come with. A session that came and does not hold is one that fits no attempt. */
  ofReturn(request: IncomingMessage): { session: string | undefined; browser: Buffer | undefined };
}

/**
 * Reads better-auth's signed session cookie (or the same as a Bearer) by hand. Its own look-up costs twenty times a whole
 * request of ours; a test compares the verdicts.
 */
export function createCallers({ authSecret, secure }: { authSecret: string; secure: boolean }): Callers {
  const key = createSecretKey(Buffer.from(authSecret, "utf8"));
  const sessionCookie = sessionCookieName(secure);
  const browserCookie = secure ? "__Host-patchbay-browser" : "patchbay-browser";

  const sessionOf = (request: IncomingMessage): string | undefined => {
    const presented = [bearer(request), readCookie(request.headers.cookie, sessionCookie)].filter(
      (text) => text !== undefined,
    );
    const token = presented.map((text) => verify(text, key)).find((verified) => verified !== undefined);
    return token ?? (presented.length > 0 ? "" : undefined);
  };
  const browserOf = (request: IncomingMessage): Buffer | undefined => {
    const value = readCookie(request.headers.cookie, browserCookie);
    return value !== undefined && browserShape.test(value) ? fingerprint(value) : undefined;
  };
  const caller = (request: IncomingMessage): Caller => {
    const session = sessionOf(request);
    if (!session) throw new ConnectError("unauthenticated", "no signed session");
    return { session, browser: browserOf(request) };
  };
  return {
    caller,
    withBrowser(request, response) {
      const { session } = caller(request);
      const held = readCookie(request.headers.cookie, browserCookie);
      const value = held !== undefined && browserShape.test(held) ? held : newSecret();
      const attributes = `Path=/; Max-Age=${browserSeconds}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
      response.appendHeader("Set-Cookie", `${browserCookie}=${value}; ${attributes}`);
      return { session, browser: fingerprint(value) };
    },
    ofReturn: (request) => ({ session: sessionOf(request), browser: browserOf(request) }),
  };
}

export const cookiePrefix = "patchbay";

function sessionCookieName(secure: boolean): string {
  return `${secure ? "__Secure-" : ""}${cookiePrefix}.session_token`;
}

/** A Bearer counts only with its signature: a token alone, as a dump would hold it, is no login. */
function bearer(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization ?? "";
  const value = header.slice(bearerScheme.length).trim();
  return header.toLowerCase().startsWith(bearerScheme) && value.includes(".") ? decode(value) : undefined;
}

/** The token of `<token>.<base64 HMAC-SHA256>`, or undefined where the signature does not hold. */
function verify(signed: string, key: ReturnType<typeof createSecretKey>): string | undefined {
  const dot = signed.lastIndexOf(".");
  const signature = signed.slice(dot + 1);
  if (dot < 1 || !signatureShape.test(signature)) return undefined;
  const token = signed.slice(0, dot);
  const expected = createHmac("sha256", key).update(token, "utf8").digest();
  return timingSafeEqual(expected, Buffer.from(signature, "base64")) ? token : undefined;
}
