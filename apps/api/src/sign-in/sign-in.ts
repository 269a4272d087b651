import { createWorkQueue } from "../http/work-queue.ts";
import { sessionRenewalSeconds, type Auth, type SignInOptions } from "./authentication.ts";

/** Sign-in, before and after better-auth is loaded. */
export interface SignIn {
  /** Loads better-auth when it is first needed, because that takes longer than everything else at a start. */
  open(): Promise<Auth>;
  /** Runs what makes or checks a hash of a password, in turn. */
  inQueue: ReturnType<typeof createWorkQueue>;
  signUp: "open" | "closed";
  /** Whether a session of this age (milliseconds) is due for renewal. */
  isDue(sessionAge: number): boolean;
}

/**
 * A password's hash takes a twentieth of a second of a thread. Strangers with many addresses must not take all four that there
 * are: names are looked up and files are read by them as well.
 */
const hashing = { concurrency: 2, maxWaiting: 200 };

/** Creates the sign-in. */
export function createSignIn(options: SignInOptions): SignIn {
  let opened: Promise<Auth> | undefined;
  return {
    open: () => (opened ??= import("./auth.ts").then(({ openAuth }) => openAuth(options))),
    inQueue: createWorkQueue(hashing),
    signUp: options.signUp,
    isDue: (sessionAge) => sessionAge > sessionRenewalSeconds * 1000,
  };
}
