import { sessionRenewalSeconds, type Auth, type SignInOptions } from "./authentication.ts";

/** Sign-in, before and after better-auth is loaded. */
export interface SignIn {
  /** Loads better-auth when it is first needed, because that takes longer than everything else at a start. */
  open(): Promise<Auth>;
  signUp: "open" | "closed";
  /** Whether a session of this age (milliseconds) is due for renewal. */
  isDue(sessionAge: number): boolean;
}

/** Creates the sign-in. */
export function createSignIn(options: SignInOptions): SignIn {
  let opened: Promise<Auth> | undefined;
  return {
    open: () => (opened ??= import("./auth.ts").then(({ openAuth }) => openAuth(options))),
    signUp: options.signUp,
    isDue: (sessionAge) => sessionAge > sessionRenewalSeconds * 1000,
  };
}
