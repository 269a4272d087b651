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
  /** What was granted. */
  scopes: string[];
  /** What the connection needs by today's configuration, and was not granted. */
  missingScopes: string[];
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
  | ({ type: "store" } & StoredResponse)
  /** Stores the response and claims the attempt at once: the caller finishes it. In a connect session it is stored alone. */
  | ({ type: "claim" } & StoredResponse)
  /** The user or the provider denied access: the attempt ends with this code. */
  | { type: "close"; failure: FailureCode }
  | { type: "none" };

/** A sealed response, and the fingerprints of what is handed out in place of its code. */
interface StoredResponse {
  response: Buffer;
  /** Of the ticket for our own page. It covers what a signature proved. */
  ticket: Buffer;
  /** Of the same as a connect code, for an attempt that a back end completes. */
  connectCode: Buffer;
}

/** What becomes of a response that fits its attempt. */
export interface AcceptedResponse {
  claim: Claim;
  /** The connect session of the attempt. */
  connectSession: AttemptSession | undefined;
}

/** The connect session of an attempt: its id, and where it returns to if a back end completes the attempt. */
export interface AttemptSession {
  id: string;
  returnUrl: string | null;
}

/** A connect session whose back end completes its attempts. */
export interface CompletingSession {
  id: string;
  returnUrl: string;
}

/** What an authorization response must match before it changes anything. */
export interface ResponseCheck {
  id: Buffer;
  provider: string;
  browser: Buffer;
  /** The tokens of the session cookies that came: one of them must be the attempt's session, if there are any. */
  sessions: readonly string[];
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

/** How a back end completes an attempt of one of its connect sessions. */
export interface CompletionCheck {
  application: string;
  /** Those that the caller's key sees. */
  providers: readonly string[];
  connectSession: string;
  /** Fingerprint of the connect code. */
  connectCode: Buffer;
  /** The product's id of who is signed in there, in the browser that brought the code. */
  user: string;
}

/** The result of claiming an attempt for its completion. */
export type CompletionClaim =
  | Claim
  /** It is of another user: the attempt has failed, and a finished login that it held is to be ended at its provider. */
  | { type: "mismatch"; held: ClaimedAttempt | undefined };

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
  /** The response is the grant of a login that is finished: there is no code to exchange. */
  holdsGrant?: boolean;
}

/** A login whose lease the caller holds, to take its next step. */
export interface LeasedLogin extends PendingAttempt {
  /** Optimistic-lock version: each new holder of the lease raises it, and a write must name it. */
  version: number;
  expiresAt: Date;
  /** The connect session whose back end completes the attempt. Null: it is complete by itself. */
  completedIn: CompletingSession | null;
}

/** An expired login. `response`: the sealed grant of a finished one that nobody has completed. */
export interface OverdueLogin extends PendingAttempt {
  response: Buffer | null;
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

/** A finished login that waits for its completion. */
export interface HeldLogin {
  /** The grant, sealed. */
  response: Buffer;
  /** What the user is shown, sealed: the way back. */
  step: Buffer;
  /** Fingerprint. */
  connectCode: Buffer;
}

/**
 * The attempts of both connect flows, stored where every process sees them. Each method is one SQL statement. A method that
 * takes a caller checks session and owner in it, and throws `unauthenticated` if the session is not live.
 */
export interface AttemptStore {
  /** Stores an attempt and gives what a login's holder needs. Throws `too_many_requests`, `connection_unknown` for a connection that is not the caller's, and `provider_unknown` for a provider that a connect session may not use. */
  create(caller: Caller, attempt: NewAttempt): Promise<LeasedLogin>;
  /** Gets the scopes that the caller's connect session asks for at a provider. Undefined: the configured ones. Throws `unauthenticated`. */
  getScopes(caller: Caller, provider: string): Promise<readonly string[] | undefined>;
  /** Gets the provider of the caller's attempt. Throws `attempt_unknown`. */
  getProvider(caller: Caller, id: Buffer): Promise<string>;

  // Redirect flow
  /** Applies the effect if the attempt is live and fits. Throws `invalid_state` for every cause alike. */
  acceptResponse(check: ResponseCheck, effect: ResponseEffect): Promise<AcceptedResponse>;
  /** Claims the attempt for one caller, before any call to the provider. Throws `attempt_unknown`. */
  claim(caller: Caller, request: ClaimRequest): Promise<Claim>;
  /** Claims the attempt for the back end of its connect session. Another user than the session's burns it. Throws `attempt_unknown`. */
  claimCompletion(completion: CompletionCheck): Promise<CompletionClaim>;
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
  /** Stores the grant of a finished login until a back end completes the attempt, and gives the lease back. */
  holdLogin(login: LeasedLogin, held: HeldLogin): Promise<void>;
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
  listOverdue(): Promise<OverdueLogin[]>;
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
