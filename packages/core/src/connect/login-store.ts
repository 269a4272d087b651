import type { FailureCode, SignedInAccount } from "../errors.ts";
import type { Caller, ClaimedAttempt, Connection, NewAttempt } from "./attempt-store.ts";

/** Where a walk stands, as it is kept: notes for the provider, and what the user was asked or shown. Both sealed. */
export interface StepState {
  notes: Buffer;
  step: Buffer;
  /** The step is a code to scan, which runs out and is renewed. */
  awaitingScan: boolean;
  /** A fingerprint of whom the answers are guesses about. */
  rateLimitSubject: Buffer | undefined;
}

export interface LeasedLogin extends Omit<ClaimedAttempt, "returned"> {
  /** What a write has to name: another holder since then has raised it. */
  version: number;
  expiresAt: Date;
}

export type LoginLease =
  /** The caller alone may go to the provider, for as long as the lease lasts. `step` is where the walk stands until then. */
  | { type: "acquired"; walk: LeasedLogin; step: Buffer }
  /** Nothing to do, or another holds it: this is where it stands. */
  | { type: "waiting"; provider: string; step: Buffer; expiresAt: Date }
  | { type: "connected"; connection: Connection }
  | { type: "failed"; failure: FailureCode; account: SignedInAccount | undefined };

/** What the caller wants of a walk: to look, or to answer a question. */
export type StepIntent = { type: "look" } | { type: "answer"; question: string };

/** Walks of several steps, kept where every process sees them, so that whichever is asked takes the next step. */
export interface LoginStore {
  /** Stores a walk that has no step yet, held by the caller. Throws as `Attempts.open` does, and sooner. */
  create(caller: Caller, attempt: NewAttempt): Promise<LeasedLogin>;
  /**
   * Takes the lease where the wish needs the provider. Throws `unauthenticated`, `attempt_unknown`, and
   * `too_many_requests` where too many answers to this question were wrong.
   */
  acquire(caller: Caller, id: Buffer, wish: StepIntent): Promise<LoginLease>;
  /** Writes where the walk stands now, and gives the lease back. */
  saveStep(walk: LeasedLogin, stand: StepState): Promise<void>;
  /**
   * Counts a wrong answer, of the user and to whom the walk reached. Gives how many are left; at none, `retryAfter` says for
   * how long, in seconds.
   */
  countWrongAnswer(walk: LeasedLogin, question: string): Promise<{ left: number; retryAfter: number }>;
  /** Counts another code that is about to be sent. Throws `too_many_requests` where there were enough. */
  countCode(walk: LeasedLogin): Promise<void>;
  /** Gives the lease back without a step: the provider did not answer. */
  release(walk: LeasedLogin): Promise<void>;
  /** Some of the walks whose time is over and that may hold something at the provider. */
  listOverdue(): Promise<Pick<LeasedLogin, "id" | "provider" | "redirectUri" | "notes">[]>;
  delete(id: Buffer): Promise<void>;
}
