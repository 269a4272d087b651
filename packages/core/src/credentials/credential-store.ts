import type { ProviderApp } from "../registry.ts";
import type { HealthReason } from "../health.ts";

/** A credential as it stands, by the database's clock. */
export interface CredentialRow extends ProviderApp {
  id: string;
  version: number;
  status: "active" | "needs_reconnect" | "revoked" | "disconnecting";
  reason: string | null;
  secret: Buffer;
  /** Milliseconds until the access token ends; null: it does not. */
  remainingMs: number | null;
  /** Milliseconds that it lasted when it was stored. */
  lifetimeMs: number | null;
}

/** The credential of a connection, with what a back end is told beside it. */
export interface ConnectionCredential extends CredentialRow {
  connection: number;
  scopes: string[];
  account: { id: string; label: string; email: string | null };
}

/** The right to change one version of a credential, until the lease runs out or somebody else has changed it. */
export interface CredentialLease {
  id: string;
  version: number;
  /** When the row was made, to the microsecond: one that was deleted and made anew begins at the same version. */
  createdAt: string;
  owner: string;
}

export type LeaseResult =
  /**
   * The caller alone may go to the provider, for so many seconds. `unsettled`: an earlier refresh went out, and what came
   * of it is unknown. `pausedFor`: for how many seconds the account has been closed at the provider.
   */
  | {
      type: "acquired";
      lease: CredentialLease;
      seconds: number;
      standing: CredentialRow;
      unsettled: boolean;
      failures: number;
      pausedFor: number;
    }
  /** Another holds the lease, for so many seconds at most unless it is taken anew. */
  | { type: "busy"; standing: CredentialRow; seconds: number }
  /** The provider gave no answer a moment ago, and is left alone for so many seconds. */
  | { type: "backing_off"; standing: CredentialRow; seconds: number }
  /** It is another version by now, or no longer active. */
  | { type: "stale"; standing: CredentialRow }
  | { type: "missing" };

/** What a refresh brought, sealed. Times in seconds from now. */
export interface Renewal {
  secret: Buffer;
  expiresInSeconds: number | undefined;
  refreshExpiresInSeconds: number | undefined;
  maintainInSeconds: number | undefined;
  /**
   * For how long the provider is left alone after this: it gave a refresh token alone, and that is a failure. The access
   * token stays, and ends when it would have ended.
   */
  backOffSeconds: number | undefined;
  /** Where this ends a pause, our address is registered for the account's events again: that may have been refused. */
  subscribesToEvents: boolean;
  /** No other tokens can have come of this version: whoever took the lease since has heard at most that it is dead. */
  isOnlyRenewal: boolean;
}

export type CredentialEnd = { status: "needs_reconnect" | "revoked"; reason: HealthReason };

/** Credentials, kept where every process sees them. Each method is one SQL statement. */
export interface CredentialStore {
  /** The credential of a connection: what a back end's request reads. */
  findByConnection(connection: number): Promise<ConnectionCredential | undefined>;
  find(id: string): Promise<CredentialRow | undefined>;
  /**
   * Takes the lease on this version of an active credential that nobody holds. `sends`: a refresh is about to be sent, and
   * that is recorded with the lease.
   */
  acquireLease(wanted: { id: string; version: number }, owner: string, sends: boolean): Promise<LeaseResult>;
  /**
   * Stores a renewal under the lease and plans the next. Undefined: the lease is lost, and nothing was stored. What is the
   * `only` renewal of its version needs no lease, and brings back a credential that another gave up as `refresh_lost`.
   */
  storeRenewal(lease: CredentialLease, renewal: Renewal): Promise<CredentialRow | undefined>;
  /**
   * Gives the lease back after the provider gave no clear answer, and plans another try. `unsettled`: it may have
   * answered without our learning of it. `paused`: the account is closed at the provider, and stays so until a renewal.
   */
  backOff(lease: CredentialLease, pause: { seconds: number; unsettled: boolean; paused: boolean }): Promise<void>;
  /** Marks the credential as dead under the lease, once, with a note to each of its connections. False: the lease is lost. */
  markDead(lease: CredentialLease, ending: CredentialEnd): Promise<boolean>;
  /** Gives the lease back after a probe that found it alive, and plans the next. `subscribes`: as of a renewal. */
  confirmAlive(lease: CredentialLease, next: Pick<Renewal, "maintainInSeconds" | "subscribesToEvents">): Promise<void>;
  /** Says why a credential is dead that needed a reconnect before. */
  setReason(id: string, ending: CredentialEnd): Promise<void>;
  /** Plans a job about it in so many seconds. */
  scheduleJob(job: "keep" | "check" | "supersede" | "erase", id: string, seconds: number): Promise<void>;
  /** Lends it for so many seconds, to the holder who had it or where nobody has. Gives the lease, or for how long to wait. */
  acquireExclusiveLease(
    id: string,
    borrower: { lease: string; previous: string | undefined },
    seconds: number,
  ): Promise<ExclusiveLease>;
  /** Deletes a dead credential and its connections. One that is being disconnected is deleted with its revocation. */
  deleteDead(id: string): Promise<void>;
}

export type ExclusiveLease = { type: "acquired"; until: Date } | { type: "busy"; seconds: number };
