import type { FailureCode, SignedInAccount } from "../errors.ts";
import type { Account } from "../provider.ts";

/** Who calls: the session's token, and the fingerprint of the browser's cookie. Both were checked for form only. */
export interface Caller {
  session: string;
  browser?: Buffer | undefined;
}

/** A connection as its user sees it. */
export interface Connection {
  id: number;
  provider: string;
  label: string;
  email: string | null;
  status: "active" | "needs_reconnect" | "revoked" | "disconnecting";
  /** Why it is not active. */
  reason: string | null;
  scopes: string[];
  details: Record<string, string>;
  /** ISO 8601, as the other moments. */
  connectedAt: string;
  /** When a back end was last given the credential. */
  lastUsedAt: string | null;
  /** When the access ends for good unless it is renewed before, where the provider has such an end. */
  endsAt: string | null;
}

export interface NewAttempt {
  /** SHA-256 of the state. */
  id: Buffer;
  provider: string;
  redirectUri: string;
  browser: Buffer;
  notes: Buffer;
  /** The connection that this attempt is to renew. */
  reconnectConnectionId: number | undefined;
  /** The fingerprint of whom beginning sends a code to. */
  codeRecipient?: Buffer | undefined;
}

/** What a provider's return does to its attempt once every check on it has passed. */
export type ResponseEffect =
  /** Keep the return and hand out a ticket for it. */
  | { type: "store"; returned: Buffer; ticket: Buffer }
  /** Keep it and claim the attempt at once: the caller finishes it. */
  | { type: "claim"; returned: Buffer }
  /** The user or the provider said no: the attempt ends with this code. */
  | { type: "close"; failure: FailureCode }
  | { type: "none" };

export interface ResponseCheck {
  id: Buffer;
  provider: string;
  browser: Buffer | undefined;
  /** The session cookie's token; undefined where no cookie came. */
  session: string | undefined;
}

export type Claim =
  /** The caller won: it alone may go to the provider. */
  | { type: "acquired"; attempt: ClaimedAttempt }
  /** Another request holds the claim. */
  | { type: "busy"; id: Buffer }
  | { type: "connected"; connection: Connection }
  | { type: "failed"; failure: FailureCode; account: SignedInAccount | undefined };

export interface ClaimedAttempt {
  id: Buffer;
  provider: string;
  redirectUri: string;
  notes: Buffer;
  returned: Buffer;
}

/** What a POST shows for an attempt: the ticket from our redirect, or the state of a return that came to the page. */
export type ClaimRequest = { provider: string | undefined; id: Buffer | undefined; ticket: Buffer | undefined };

export interface SealedCredential {
  id: string;
  shared: boolean;
  secret: Buffer;
  /** Seconds that the access token lasts, and the refresh token. Undefined: no end is known. */
  expiresInSeconds: number | undefined;
  refreshExpiresInSeconds: number | undefined;
}

/** A grant, sealed, with what is to be done for it once it is stored. */
export interface SealedGrant {
  credential: SealedCredential & {
    scopes: readonly string[];
    /** Seconds after which it wants looking after. Undefined: never. */
    maintainInSeconds: number | undefined;
    /** Whether the provider is to be told where to send the account's events. */
    subscribesToEvents: boolean;
  };
  provider: string;
  client: { id: string; mode: string };
}

export interface NewGrant extends SealedGrant {
  account: Account;
}

/**
 * A grant that the attempt cannot keep. Where the provider keeps one grant for each account and a credential of this
 * account is stored, it takes that one's place; any other is kept only until it is revoked.
 */
export interface OrphanedGrant extends SealedGrant {
  /** Undefined: whose it is was not found out yet. */
  account: Account | undefined;
}

/**
 * Attempts, kept where every process sees them. Each method is one SQL statement; each checks the session and the owner
 * in the same statement, and throws `unauthenticated` where the session is not live.
 */
export interface AttemptStore {
  /** Throws `too_many_requests`, and `connection_unknown` for a `reconnects` that is not the caller's. */
  create(caller: Caller, attempt: NewAttempt): Promise<void>;
  /** Applies the effect if the attempt is live and fits. Throws `invalid_state` for every cause alike. */
  acceptResponse(check: ResponseCheck, effect: ResponseEffect): Promise<Claim>;
  /** Claims the attempt for one caller, before any call to the provider. Throws `attempt_unknown`. */
  claim(caller: Caller, claimant: ClaimRequest, returned: Buffer | undefined): Promise<Claim>;
  /** The provider of the caller's attempt. Throws `attempt_unknown`. */
  getProvider(caller: Caller, id: Buffer): Promise<string>;
  /** How a claimed attempt stands now. */
  getOutcome(id: Buffer): Promise<Claim>;
  /** Stores credential, connection and outcome together. Throws `account_mismatch`, or `outcome_unknown` past the claim. */
  complete(id: Buffer, grant: NewGrant): Promise<Connection>;
  /**
   * Ends the attempt with a failure. A second call changes nothing. `left`: a grant came whose account cannot be found
   * out, so nothing can be done with it; the user's own connections at that provider are looked at.
   */
  fail(id: Buffer, failure: FailureCode, left?: "unknown account"): Promise<void>;
  /**
   * The same, and in the same statement keeps the grant that came: in its account's place, or until it is revoked. Does so
   * whatever has become of the attempt. Gives the account that the user signed in to.
   */
  failWithGrant(id: Buffer, failure: FailureCode, grant: OrphanedGrant): Promise<SignedInAccount | undefined>;
}
