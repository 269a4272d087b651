import { AsyncLocalStorage } from "node:async_hooks";
import { betterAuth } from "better-auth";
import { hashPassword } from "better-auth/crypto";
import { nameCookies } from "../http/cookies.ts";
import { passwordLength } from "./inputs.ts";
import { readRefusal } from "./refusals.ts";
import {
  sessionRenewalSeconds,
  type Auth,
  type SignInAnswer,
  type SignInOptions,
  type User,
} from "./authentication.ts";

/** What belongs to one call of better-auth's. */
interface AuthCall {
  /** The password's hash, made before a transaction begins: nobody holds a connection of the database for that long. */
  hash?: string;
  /** An error that better-auth tells its logger, and hides in its answer. */
  hidden?: Error;
}

const calls = new AsyncLocalStorage<AuthCall>();

/** better-auth, behind what our paths need of it. Its HTTP handler is not used: it has many more paths, and its own log. */
export function openAuth(options: SignInOptions): Auth {
  const { api } = createAuth(options);
  const { session: cookieName } = nameCookies(options.publicUrl);
  const as = (session: string | undefined) => ({
    headers: new Headers(session === undefined ? {} : { cookie: `${cookieName}=${encodeURIComponent(session)}` }),
    returnHeaders: true as const,
  });
  return {
    async signUp(body) {
      const hash = options.signUp === "open" ? { hash: await hashPassword(body.password) } : {};
      const { headers, response } = await run(() => api.signUpEmail({ body, ...as(undefined) }), hash);
      return answered(headers, { user: pickUser(response.user) });
    },
    async signIn(body) {
      const { headers, response } = await run(() => api.signInEmail({ body, ...as(undefined) }));
      return answered(headers, { user: pickUser(response.user) });
    },
    async signOut(session) {
      const { headers } = await run(() => api.signOut(as(session)));
      return answered(headers, { success: true });
    },
    async changePassword(body, session) {
      const { headers } = await run(() =>
        api.changePassword({ body: { ...body, revokeOtherSessions: true }, ...as(session) }),
      );
      return answered(headers, { success: true });
    },
    async verifyPassword(password, session) {
      await run(() => api.verifyPassword({ body: { password }, ...as(session) }));
    },
    async user(session) {
      // A stranger may ask twenty times in one request: that must cost nothing.
      if (session === undefined) return { user: null, cookies: [] };
      const { headers, response } = await run(() => api.getSession(as(session)));
      return { user: response && pickUser(response.user), cookies: headers.getSetCookie() };
    },
  };
}

/** Gives what a call gives, or throws what went wrong in it: what better-auth only logs, too. */
async function run<T>(call: () => Promise<T>, about: AuthCall = {}): Promise<T> {
  return await calls.run(about, async () => {
    const result = await call().catch((thrown: unknown) => {
      throw readRefusal(thrown, about.hidden);
    });
    if (about.hidden !== undefined) throw about.hidden;
    return result;
  });
}

function answered(headers: Headers, body: SignInAnswer["body"]): SignInAnswer {
  return { body, cookies: headers.getSetCookie() };
}

function pickUser({ id, email, name }: User): User {
  return { id, email, name };
}

/** Builds better-auth with our tables, cookies and limits. */
export function createAuth({ db, publicUrl, allowedOrigins, authSecret, signUp, log }: SignInOptions) {
  return betterAuth({
    appName: "Patchbay",
    baseURL: publicUrl.origin,
    basePath: "/api/auth",
    secret: authSecret,
    database: { db, type: "postgres", transaction: true },
    emailAndPassword: {
      enabled: true,
      disableSignUp: signUp === "closed",
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      password: { hash: async (password) => calls.getStore()?.hash ?? (await hashPassword(password)) },
    },
    trustedOrigins: [publicUrl.origin, ...allowedOrigins],
    // Ours stands in front of it: a minute's worth for each address.
    rateLimit: { enabled: false },
    session: {
      expiresIn: 7 * sessionRenewalSeconds,
      updateAge: sessionRenewalSeconds,
      cookieCache: { enabled: false },
      fields: sessionColumns,
    },
    user: {
      fields: { emailVerified: "email_verified", ...stamps },
      additionalFields: { role: { type: "string", required: false, defaultValue: "user", input: false } },
    },
    account: { fields: accountColumns },
    verification: { fields: { expiresAt: "expires_at", ...stamps } },
    advanced: {
      cookiePrefix: nameCookies(publicUrl).prefix,
      // By itself it would put __Secure- before the prefix, which keeps no other host of the site from setting a cookie.
      useSecureCookies: false,
      defaultCookieAttributes: { secure: publicUrl.protocol === "https:" },
      // Our policy about origins has one rule for every path. This check would refuse programs that send no origin.
      disableCSRFCheck: true,
      // Express has judged the proxies; nothing of the client's own headers is believed.
      ipAddress: { disableIpTracking: true },
    },
    telemetry: { enabled: false },
    logger: {
      level: "error",
      log: (_level, message, ...details: unknown[]) => {
        const err = details.find((detail) => detail instanceof Error);
        const call = calls.getStore();
        if (err !== undefined && call !== undefined) call.hidden ??= err;
        else log.warn({ err }, message);
      },
    },
  });
}

const stamps = { createdAt: "created_at", updatedAt: "updated_at" } as const;
const sessionColumns = {
  userId: "user_id",
  expiresAt: "expires_at",
  ipAddress: "ip_address",
  userAgent: "user_agent",
  ...stamps,
} as const;
const accountColumns = {
  accountId: "account_id",
  providerId: "provider_id",
  userId: "user_id",
  accessToken: "access_token",
  refreshToken: "refresh_token",
  idToken: "id_token",
  accessTokenExpiresAt: "access_token_expires_at",
  refreshTokenExpiresAt: "refresh_token_expires_at",
  ...stamps,
} as const;
