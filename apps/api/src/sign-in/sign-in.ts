import type { OpenDatabase } from "@patchbay/core/db";
import type { Log } from "../log.ts";
import type { SignInInputs } from "./inputs.ts";

/** Seconds after which a session is renewed: a day. */
export const sessionRenewalSeconds = 86_400;

/** What sign-in is configured with. */
export interface SignInOptions {
  db: OpenDatabase["db"];
  publicUrl: URL;
  allowedOrigins: readonly string[];
  authSecret: string;
  signUp: "open" | "closed";
  log: Log;
}

/** A user, as the page knows them. */
export interface User {
  id: string;
  email: string;
  name: string;
}

/** What a sign-in path answers. */
export interface SignInAnswer {
  body: { user: User } | { success: true };
  /** To be set on the answer. */
  cookies: string[];
}

/**
 * Sign-up, sign-in and sign-out, which are better-auth's. `session` is a signed session, as its cookie holds it. Each throws
 * a `ConnectError` where it refuses.
 */
export interface Auth {
  signUp(body: SignInInputs["sign-up/email"]): Promise<SignInAnswer>;
  signIn(body: SignInInputs["sign-in/email"]): Promise<SignInAnswer>;
  signOut(session: string | undefined): Promise<SignInAnswer>;
  changePassword(body: SignInInputs["change-password"], session: string | undefined): Promise<SignInAnswer>;
  /** The signed-in user. Renews the session where it is due; `cookies` are then to be set on the answer. */
  user(session: string | undefined): Promise<{ user: User | null; cookies: string[] }>;
}

/** Sign-in, as the rest of the API uses it. */
export interface SignIn {
  /** better-auth is loaded when it is first needed: it takes longer than all else that a start does. */
  open(): Promise<Auth>;
  signUp: "open" | "closed";
  /** Whether a session of this age (milliseconds) is due for renewal. */
  isDue(sessionAge: number): boolean;
}

/** Builds sign-in. It opens better-auth with the first call. */
export function createSignIn(options: SignInOptions): SignIn {
  let opened: Promise<Auth> | undefined;
  return {
    open: () => (opened ??= import("./auth.ts").then(({ openAuth }) => openAuth(options))),
    signUp: options.signUp,
    isDue: (sessionAge) => sessionAge > sessionRenewalSeconds * 1000,
  };
}
