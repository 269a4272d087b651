import type { FailureCode, SignedInAccount } from "../errors.ts";
import type { NewGrant, OrphanedGrant } from "./sealed-grant.ts";

/** The session's token and the fingerprint of the browser's cookie. Both were checked for form only. */
export interface Caller {
  session: string;
  browser?: Buffer | undefined;
}

/** A connection as its user sees it. Times are ISO 8601. */
export interface Connection {
  id: number;
  provider: string;
  label: string;
  email: string | null;
  /** `pending`: it waits until the product's back end approves it, and is revoked if that takes too long. */
  status: "active" | "needs_reconnect" | "revoked" | "disconnecting" | "pending";
  /** Why it is not active. */
  reason: string | null;
  scopes: string[];
  details: Record<string, string>;
  connectedAt: string;
  /** When a back end was last given the credential. */
  lastUsedAt: string | null;
  /** When the access ends for good unless it is renewed before, where the provider has such an end. */
  endsAt: string | null;
}

/** How an attempt leads to the account: by a redirect to the provider, or by steps that the user takes on our page. */
export type ConnectFlow = "redirect" | "login";

/** An attempt that is to be stored. That of a login is stored with its lease, for the caller that takes the first step. */
export interface NewAttempt {
  /** SHA-256 of the state. */
  id: Buffer;
  flow: ConnectFlow;
  provider: string;
  redirectUri: string;
  /** Fingerprint of the browser's cookie. */
  browser: Buffer;
  /** Sealed. */
  providerState: Buffer;
  /** The connection that this attempt is to renew. */
  reconnectConnectionId: number | undefined;
  /** Fingerprint of the recipient of a code, if the first step sends one. */
  codeRecipient?: Buffer | undefined;
}

/** What an authorization response does to its attempt once every check on it has passed. */
export type ResponseEffect =
  /** Stores the response and issues a ticket for it. */
  | { type: "store"; response: Buffer; ticket: Buffer }
  /** Stores the response and claims the attempt at once: the caller finishes it. */
  | { type: "claim"; response: Buffer }
  /** The user or the provider denied access: the attempt ends with this code. */
  | { type: "close"; failure: FailureCode }
  | { type: "none" };

/** What an authorization response must match before it changes anything. */
export interface ResponseCheck {
  id: Buffer;
  provider: string;
  browser: Buffer;
  /** The session cookie's token; undefined if no cookie came. */
  session: string | undefined;
}

/** An attempt that is over. */
export type AttemptOutcome =
  | { type: "connected"; connection: Connection }
  | { type: "failed"; failure: FailureCode; account: SignedInAccount | undefined };

/** The result of claiming an attempt of a redirect flow. */
export type Claim =
  /** The caller alone may exchange the code. */
  | { type: "acquired"; attempt: ClaimedAttempt }
  /** Another request has claimed it. */
  | { type: "busy"; id: Buffer }
  | AttemptOutcome;

/** The result of acquiring a login's lease. `step` is the sealed view of the current step. */
export type LoginLease =
  /** The caller alone may call the provider, until the lease ends. */
  | { type: "acquired"; attempt: LeasedLogin; step: Buffer }
  /** There is nothing to do, or another request has the lease. */
  | { type: "waiting"; provider: string; step: Buffer; expiresAt: Date }
  | AttemptOutcome;

/** An attempt that is not over, as its next step at the provider needs it. */
export interface PendingAttempt {
  id: Buffer;
  provider: string;
  redirectUri: string;
  /** Sealed. */
  providerState: Buffer;
}

/** A claimed attempt, with the authorization response that contains the code. */
export interface ClaimedAttempt extends PendingAttempt {
  /** Sealed. */
  response: Buffer;
}

/** A login whose lease the caller holds, to take its next step. */
export interface LeasedLogin extends PendingAttempt {
  /** Optimistic-lock version: each new holder of the lease raises it, and a write must name it. */
  version: number;
  expiresAt: Date;
}

/** What a page posts to claim an attempt. */
export type ClaimRequest =
  /** The ticket from our redirect. Id and provider must fit if the page knows them. */
  | { type: "ticket"; ticket: Buffer; id?: Buffer; provider?: string }
  /** An authorization response that came to the page itself, sealed. */
  | { type: "response"; id: Buffer; provider: string; response: Buffer };

/** What the caller wants of a login: to get the current step, or to answer its question. */
export type StepIntent = { type: "look" } | { type: "answer"; question: string };

/** The current step of a login, as it is stored. */
export interface StepState {
  /** Sealed. */
  providerState: Buffer;
  /** What the user is asked or shown, sealed. */
  step: Buffer;
  /** The step is a code to scan, which expires and is renewed. */
  awaitingScan: boolean;
  /** Fingerprint of whom wrong answers are counted for, besides the user: a phone number. */
  rateLimitSubject: Buffer | undefined;
}

/**
 * The attempts of both connect flows, stored where every process sees them. Each method is one SQL statement. A method that
 * takes a caller checks session and owner in it, and throws `unauthenticated` if the session is not live.
 */
export interface AttemptStore {
  /** Stores an attempt and gives what a login's holder needs. Throws `too_many_requests`, and `connection_unknown` for a connection that is not the caller's. */
  create(caller: Caller, attempt: NewAttempt): Promise<LeasedLogin>;
  /** Gets the provider of the caller's attempt. Throws `attempt_unknown`. */
  getProvider(caller: Caller, id: Buffer): Promise<string>;

  // Redirect flow
  /** Applies the effect if the attempt is live and fits. Throws `invalid_state` for every cause alike. */
  acceptResponse(check: ResponseCheck, effect: ResponseEffect): Promise<Claim>;
  /** Claims the attempt for one caller, before any call to the provider. Throws `attempt_unknown`. */
  claim(caller: Caller, request: ClaimRequest): Promise<Claim>;
  /** Gets the outcome of a claimed attempt. `busy`: it is not there yet. */
  getOutcome(id: Buffer): Promise<Claim>;

  // Interactive login
  /**
   * Acquires the lease if the intent needs the provider. Throws `attempt_unknown`, and `too_many_requests` if too many
   * answers to this question were wrong.
   */
  acquire(caller: Caller, id: Buffer, intent: StepIntent): Promise<LoginLease>;
  /** Stores the next step and gives the lease back. */
  saveStep(login: LeasedLogin, step: StepState): Promise<void>;
  /** Gives the lease back without a new step: the user can retry the same one. */
  release(login: LeasedLogin): Promise<void>;
  /**
   * Counts a wrong answer, for the user and for the recipient of the code. Gives how many are left; if none are,
   * `retryAfter` says for how many seconds.
   */
  countFailedVerification(login: LeasedLogin, question: string): Promise<{ left: number; retryAfter: number }>;
  /** Counts another code that is about to be sent. Throws `too_many_requests`. */
  countCode(login: LeasedLogin): Promise<void>;
  /** Lists some expired logins that may hold something at the provider. */
  listOverdue(): Promise<PendingAttempt[]>;
  /** Deletes an attempt. */
  delete(id: Buffer): Promise<void>;

  // The end of both flows
  /** Stores credential, connection and outcome together. Throws `account_mismatch`, or `outcome_unknown` if the claim is over. */
  complete(id: Buffer, grant: NewGrant): Promise<Connection>;
  /**
   * Ends the attempt with a failure; a second call changes nothing. `left`: a grant came whose account cannot be found
   * out, so it stays at the provider, and the user's own connections there are checked.
   */
  fail(id: Buffer, failure: FailureCode, left?: "unknown account"): Promise<void>;
  /**
   * Ends the attempt with a failure, and keeps the grant that came: in its account's place, or until it is revoked. The
   * grant is kept whatever has become of the attempt. Gives the account that the user signed in to.
   */
  failWithGrant(id: Buffer, failure: FailureCode, grant: OrphanedGrant): Promise<SignedInAccount | undefined>;
}
