import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "@patchbay/core/connect";
import { ConnectError } from "@patchbay/core/errors";
import { fingerprint, newSecret } from "@patchbay/core/vault";
import { decode, nameCookies, readCookies } from "./cookies.ts";

const browserSeconds = 3600;
const browserShape = /^[A-Za-z0-9_-]{43}$/;
const bearerScheme = "bearer ";
const signatureShape = /^[A-Za-z0-9+/]{43}=$/;

/** Who a request comes from, as far as its headers tell. Whether the session is live, the statement that uses it says. */
export interface Sessions {
  /** The caller of a request. Throws `unauthenticated` without a well signed session. */
  require(request: IncomingMessage): Caller;
  /** The same, and a cookie for the browser where it had none. */
  requireWithBrowser(request: IncomingMessage, response: ServerResponse): Caller & { browser: Buffer };
  /** The browser alone, before anybody has signed in there, and a cookie for it where it had none. */
  ensureBrowser(request: IncomingMessage, response: ServerResponse): Buffer;
  /** What a provider's return may come with. A session that came and does not hold is one that fits no attempt. */
  ofCallback(request: IncomingMessage): { session: string | undefined; browser: Buffer | undefined };
  /** The session of a request, signed as it came. Undefined without a well signed one. */
  signedSession(request: IncomingMessage): string | undefined;
}

/**
 * Reads better-auth's signed session cookie (or the same as a Bearer) by hand. Its own look-up costs twenty times a whole
 * request of ours; a test compares the verdicts. A cookie that came twice is not believed: one of the two may be planted,
 * and nothing tells which.
 */
export function createSessions({ authSecret, publicUrl }: { authSecret: string; publicUrl: URL }): Sessions {
  const key = createSecretKey(Buffer.from(authSecret, "utf8"));
  const names = nameCookies(publicUrl);
  const attributes = `Path=/; Max-Age=${browserSeconds}; HttpOnly; SameSite=Lax`;
  const secure = publicUrl.protocol === "https:" ? "; Secure" : "";

  /** Undefined: none came. Empty: what came does not hold. */
  const signedOf = (request: IncomingMessage): string | undefined => {
    const cookies = readCookies(request.headers.cookie, names.session);
    const presented = [...bearer(request), ...cookies];
    if (presented.length === 0) return undefined;
    const believed = cookies.length > 1 ? [] : presented;
    return believed.find((text) => tokenOf(text, key) !== undefined) ?? "";
  };
  const sessionOf = (request: IncomingMessage): string | undefined => {
    const signed = signedOf(request);
    return signed && tokenOf(signed, key);
  };
  const browserOf = (request: IncomingMessage): string | undefined => {
    const [value, ...others] = readCookies(request.headers.cookie, names.browser);
    return value !== undefined && others.length === 0 && browserShape.test(value) ? value : undefined;
  };
  const browserHash = (request: IncomingMessage): Buffer | undefined => {
    const value = browserOf(request);
    return value === undefined ? undefined : fingerprint(value);
  };
  const caller = (request: IncomingMessage): Caller => {
    const session = sessionOf(request);
    if (!session) throw new ConnectError("unauthenticated", "no signed session");
    return { session, browser: browserHash(request) };
  };
  const browser = (request: IncomingMessage, response: ServerResponse): Buffer => {
    const value = browserOf(request) ?? newSecret();
    response.appendHeader("Set-Cookie", `${names.browser}=${value}; ${attributes}${secure}`);
    return fingerprint(value);
  };
  return {
    require: caller,
    ensureBrowser: browser,
    requireWithBrowser(request, response) {
      const { session } = caller(request);
      return { session, browser: browser(request, response) };
    },
    ofCallback: (request) => ({ session: sessionOf(request), browser: browserHash(request) }),
    signedSession: (request) => signedOf(request) || undefined,
  };
}

/** A Bearer counts only with its signature: a token alone, as a dump would hold it, is no login. */
function bearer({ headers }: IncomingMessage): string[] {
  const header = headers.authorization ?? "";
  const value = header.slice(bearerScheme.length).trim();
  return header.toLowerCase().startsWith(bearerScheme) && value.includes(".") ? [decode(value)] : [];
}

/** The token of `<token>.<base64 HMAC-SHA256>`, or undefined where the signature does not hold. */
function tokenOf(signed: string, key: ReturnType<typeof createSecretKey>): string | undefined {
  const dot = signed.lastIndexOf(".");
  const signature = signed.slice(dot + 1);
  if (dot < 1 || !signatureShape.test(signature)) return undefined;
  const token = signed.slice(0, dot);
  const expected = createHmac("sha256", key).update(token, "utf8").digest();
  return timingSafeEqual(expected, Buffer.from(signature, "base64")) ? token : undefined;
}
