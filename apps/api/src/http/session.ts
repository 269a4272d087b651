import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "@patchbay/core/connect";
import { connectSessionToken } from "@patchbay/core/connect-sessions";
import { ConnectError } from "@patchbay/core/errors";
import { fingerprint, newSecret } from "@patchbay/core/vault";
import { decode, nameCookies, readCookies } from "./cookies.ts";

const browserSeconds = 3600;
/** The longest that a connect session lasts. Its row says when it is over. */
const connectSeconds = 86_400;
const secretShape = /^[A-Za-z0-9_-]{43}$/;
const connectQuery = /[?&]session=connect(?:&|$)/;
const bearerScheme = "bearer ";
const signatureShape = /^[A-Za-z0-9+/]{43}=$/;

/** Whether a request is sent by the page of a connect session: it says so in its address, because a browser may have both kinds of session. */
export function isConnectRequest({ url }: Pick<IncomingMessage, "url">): boolean {
  return url !== undefined && connectQuery.test(url);
}

/** Reads from its headers who sent a request. The statement that uses a session checks whether it is live. */
export interface Sessions {
  /**
   * The caller of a request: by the connect session if the request says so, and otherwise by the sign-in. Throws
   * `unauthenticated` without a well signed session, or without the cookie of a connect session.
   */
  require(request: IncomingMessage): Caller;
  /** Gets the caller, and sets the browser's cookie again. Throws `unauthenticated` without a well signed session. */
  requireWithBrowser(request: IncomingMessage, response: ServerResponse): Caller & { browser: Buffer };
  /** Gets the browser alone, before anybody has signed in there, and sets its cookie. */
  ensureBrowser(request: IncomingMessage, response: ServerResponse): Buffer;
  /** Gets the sessions and the browser of a callback, all optional. */
  getCallbackCaller(request: IncomingMessage): CallbackCaller;
  /** Gets the token of the connect session that a browser has. */
  getConnectSession(request: IncomingMessage): string | undefined;
  /** Gives a browser the cookie of a connect session. */
  setConnectSession(response: ServerResponse, secret: string): void;
  /** The session of a request, signed as it came. Undefined without a well signed one. */
  signedSession(request: IncomingMessage): string | undefined;
}

/** Who brought an authorization response. */
export interface CallbackCaller {
  /** The tokens of the sign-in and of the connect session. A sign-in with a wrong signature is empty: it fits no attempt. */
  sessions: string[];
  browser: Buffer | undefined;
  /** The browser has a connect session alone, so that its page is that of the session. */
  isVisitor: boolean;
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

  /** Undefined: the request has none. Empty: its signature is wrong, or there are two cookies. */
  const readSignedSession = (request: IncomingMessage): string | undefined => {
    const cookies = readCookies(request.headers.cookie, names.session);
    const presented = [...readBearer(request), ...cookies];
    if (presented.length === 0) return undefined;
    const trusted = cookies.length > 1 ? [] : presented;
    return trusted.find((text) => getSignedToken(text, key) !== undefined) ?? "";
  };
  const readSession = (request: IncomingMessage): string | undefined => {
    const signed = readSignedSession(request);
    return signed && getSignedToken(signed, key);
  };
  const readBrowser = (request: IncomingMessage): string | undefined => {
    const [value, ...others] = readCookies(request.headers.cookie, names.browser);
    return value !== undefined && others.length === 0 && secretShape.test(value) ? value : undefined;
  };
  const readConnectSession = (request: IncomingMessage): string | undefined => {
    const [value, ...others] = readCookies(request.headers.cookie, names.connect);
    const isOne = value !== undefined && others.length === 0 && secretShape.test(value);
    return isOne ? connectSessionToken(value) : undefined;
  };
  const browserHash = (request: IncomingMessage): Buffer | undefined => {
    const value = readBrowser(request);
    return value === undefined ? undefined : fingerprint(value);
  };
  const requireCaller = (request: IncomingMessage): Caller => {
    const session = isConnectRequest(request) ? readConnectSession(request) : readSession(request);
    if (!session) throw new ConnectError("unauthenticated", "no signed session");
    return { session, browser: browserHash(request) };
  };
  const ensureBrowser = (request: IncomingMessage, response: ServerResponse): Buffer => {
    const value = readBrowser(request) ?? newSecret();
    response.appendHeader("Set-Cookie", `${names.browser}=${value}; ${attributes}${secure}`);
    return fingerprint(value);
  };
  return {
    require: requireCaller,
    ensureBrowser,
    requireWithBrowser(request, response) {
      const { session } = requireCaller(request);
      return { session, browser: ensureBrowser(request, response) };
    },
    getCallbackCaller(request) {
      const [signIn, visit] = [readSession(request), readConnectSession(request)];
      const sessions = [signIn, visit].filter((session) => session !== undefined);
      return { sessions, browser: browserHash(request), isVisitor: visit !== undefined && !signIn };
    },
    getConnectSession: readConnectSession,
    setConnectSession(response, secret) {
      const cookie = `${names.connect}=${secret}; Path=/; Max-Age=${connectSeconds}; HttpOnly; SameSite=Lax${secure}`;
      response.appendHeader("Set-Cookie", cookie);
    },
    signedSession: (request) => readSignedSession(request) || undefined,
  };
}

/** Reads a Bearer, which counts only with its signature: a token alone, as in a dump of the database, is no login. */
function readBearer({ headers }: IncomingMessage): string[] {
  const header = headers.authorization ?? "";
  const value = header.slice(bearerScheme.length).trim();
  return header.toLowerCase().startsWith(bearerScheme) && value.includes(".") ? [decode(value)] : [];
}

/** Gets the token of `<token>.<base64 HMAC-SHA256>`. Undefined: the signature is wrong. */
function getSignedToken(signed: string, key: ReturnType<typeof createSecretKey>): string | undefined {
  const dot = signed.lastIndexOf(".");
  const signature = signed.slice(dot + 1);
  if (dot < 1 || !signatureShape.test(signature)) return undefined;
  const token = signed.slice(0, dot);
  const expected = createHmac("sha256", key).update(token, "utf8").digest();
  return timingSafeEqual(expected, Buffer.from(signature, "base64")) ? token : undefined;
}
