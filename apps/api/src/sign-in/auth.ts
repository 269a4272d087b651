import type { IncomingHttpHeaders } from "node:http";
import { betterAuth } from "better-auth";
import { fromNodeHeaders, toNodeHandler } from "better-auth/node";
import { bearer } from "better-auth/plugins";
import type { RequestHandler } from "express";
import { cookiePrefix } from "../http/caller.ts";
import { updateAge, type SignInOptions, type User } from "./sign-in.ts";

/** What needs better-auth itself. */
export interface Auth {
  handler: RequestHandler;
  user(headers: IncomingHttpHeaders): Promise<{ user: User | null; cookies: string[] }>;
}

export function openAuth(options: SignInOptions): Auth {
  const auth = createAuth(options);
  const handler = toNodeHandler(auth);
  const { host, protocol } = options.publicUrl;
  return {
    handler: (request, response) => {
      // Of these it makes the address that it answers, whatever a client has written there.
      Object.assign(request.headers, { host, "x-forwarded-proto": protocol.slice(0, -1) });
      return handler(request, response);
    },
    async user(headers) {
      const { headers: answered, response } = await auth.api.getSession({
        headers: fromNodeHeaders(headers),
        returnHeaders: true,
      });
      const user = response && pickUser(response.user);
      return { user, cookies: answered.getSetCookie() };
    },
  };
}

function pickUser({ id, email, name }: User): User {
  return { id, email, name };
}

function createAuth({ db, publicUrl, allowedOrigins, authSecret, signUp, log }: SignInOptions) {
  return betterAuth({
    appName: "Patchbay",
    baseURL: publicUrl.origin,
    basePath: "/api/auth",
    secret: authSecret,
    database: { db, type: "postgres" },
    emailAndPassword: {
      enabled: true,
      disableSignUp: signUp === "closed",
      minPasswordLength: 8,
      maxPasswordLength: 128,
    },
    trustedOrigins: [publicUrl.origin, ...allowedOrigins],
    // Ours stands in front of it: a minute's worth for each address.
    rateLimit: { enabled: false },
    session: { expiresIn: 7 * updateAge, updateAge, cookieCache: { enabled: false }, fields: sessionColumns },
    user: {
      fields: { emailVerified: "email_verified", ...stamps },
      additionalFields: { role: { type: "string", required: false, defaultValue: "user", input: false } },
    },
    account: { fields: accountColumns },
    verification: { fields: { expiresAt: "expires_at", ...stamps } },
    advanced: {
      cookiePrefix,
      useSecureCookies: publicUrl.protocol === "https:",
      // Our guard stands in front, with the same rule for every path. This one would refuse programs that have no origin.
      disableCSRFCheck: true,
      // Express has judged the proxies; nothing of the client's own headers is believed.
      ipAddress: { disableIpTracking: true },
    },
    // Accounts here have a password and no other way in.
    disabledPaths: ["/link-social", "/unlink-account", "/sign-in/social", "/get-access-token", "/refresh-token"],
    plugins: [bearer({ requireSignature: true })],
    telemetry: { enabled: false },
    logger: { level: "warn", log: (level, message) => log[level === "debug" ? "debug" : level](message) },
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
