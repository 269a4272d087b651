import type { IncomingHttpHeaders } from "node:http";
import type { OpenDatabase } from "@patchbay/core/db";
import type { RequestHandler } from "express";
import type { Log } from "../log.ts";
import type { Auth } from "./auth.ts";

/** Seconds after which a session is renewed: a day. */
export const updateAge = 86_400;

export interface SignInOptions {
  db: OpenDatabase["db"];
  publicUrl: URL;
  allowedOrigins: readonly string[];
  authSecret: string;
  signUp: "open" | "closed";
  log: Log;
}

export interface User {
  id: string;
  email: string;
  name: string;
}

/** Sign-up, sign-in and sign-out, which are better-auth's. */
export interface SignIn {
  handler: RequestHandler;
  signUp: "open" | "closed";
  /** The signed-in user. Renews the session where it is due; `cookies` are then to be set on the answer. */
  user(headers: IncomingHttpHeaders): Promise<{ user: User | null; cookies: string[] }>;
  /** Whether a session of this age (milliseconds) is due for renewal. */
  isDue(sessionAge: number): boolean;
}

/** better-auth is loaded when it is first needed: it takes longer than all else that a start does. */
export function createSignIn(options: SignInOptions): SignIn {
  let opened: Promise<Auth> | undefined;
  const auth = () => (opened ??= import("./auth.ts").then(({ openAuth }) => openAuth(options)));
  return {
    handler: async (request, response, next) => {
      const { handler } = await auth();
      await handler(request, response, next);
    },
    signUp: options.signUp,
    isDue: (sessionAge) => sessionAge > updateAge * 1000,
    user: async (headers) => await (await auth()).user(headers),
  };
}
