import type { OpenDatabase } from "@patchbay/core/db";
import type { Log } from "../log.ts";
import type { SignInInputs } from "./inputs.ts";

/** The age at which a session is renewed: a day. */
export const sessionRenewalSeconds = 86_400;

/** What sign-in works with. */
export interface SignInOptions {
  db: OpenDatabase["db"];
  publicUrl: URL;
  allowedOrigins: readonly string[];
  authSecret: string;
  signUp: "open" | "closed";
  log: Log;
}

/** A user as the API shows them. */
export interface User {
  id: string;
  email: string;
  name: string;
}

/** What an action of sign-in answers. */
export interface SignInAnswer {
  body: { user: User } | { success: true };
  /** The `Set-Cookie` headers of the response. */
  cookies: string[];
}

/**
 * The actions of sign-in, which better-auth carries out. `session` is the signed value of the session cookie. Each action
 * throws a `ConnectError` if it refuses.
 */
export interface Auth {
  signUp(body: SignInInputs["sign-up/email"]): Promise<SignInAnswer>;
  signIn(body: SignInInputs["sign-in/email"]): Promise<SignInAnswer>;
  signOut(session: string | undefined): Promise<SignInAnswer>;
  changePassword(body: SignInInputs["change-password"], session: string | undefined): Promise<SignInAnswer>;
  /** Throws `password_rejected` for a password that is not that of the session's user. */
  verifyPassword(password: string, session: string | undefined): Promise<void>;
  /** Gets the signed-in user. Renews the session if it is due; the response then has to set `cookies`. */
  user(session: string | undefined): Promise<{ user: User | null; cookies: string[] }>;
}
