import type { HealthReason } from "../health.ts";
import type { LeaseOutcome } from "../leases.ts";
import type { ProviderApp } from "../registry.ts";

/** A stored credential, with what is left of its time by the database's clock. */
export interface CredentialRow extends ProviderApp {
  id: string;
  /** The account's id at the provider. Null: it is not known yet whose the grant is. */
  externalId: string | null;
  /** What was granted. */
  scopes: string[];
  version: number;
  status: "active" | "needs_reconnect" | "revoked" | "disconnecting";
  reason: string | null;
  secret: Buffer;
  /** Milliseconds until the access token ends. Null: it has no known end. */
  remainingMs: number | null;
  /** Milliseconds that the access token lasted when it was stored. */
  lifetimeMs: number | null;
}

/** The credential of a connection, with the account that a back end sees beside it. */
export interface ConnectionCredential extends CredentialRow {
  connection: number;
  /** The application that it belongs to. */
  application: string;
  /** It waits for its approval: nobody is given the credential yet. */
  isPending: boolean;
  account: { id: string; label: string; email: string | null };
}

/** The credential whose lease is asked for. Without a version, any version will do. */
export interface WantedCredential {
  id: string;
  version?: number;
}

/**
 * What a lease is for. `refresh` and `probe` take an active credential that is not backing off; the start of a `refresh` is
 * recorded with its lease. `revocation` takes a credential that is disconnecting.
 */
export type LeasePurpose = "refresh" | "probe" | "revocation";

/** The right to change one version of a credential, until the lease ends or the credential is changed by a user. */
export interface CredentialLease {
  id: string;
  version: number;
  /** When the row was created, to the microsecond: a row that was deleted and created again starts at the same version. */
  createdAt: string;
  owner: string;
}

/** The result of asking for the lease of a credential. */
export type LeaseResult =
  | AcquiredLease
  /** `seconds`: until the holder's lease ends, or until the provider may be called again. */
  | { type: Extract<LeaseOutcome, "busy" | "backing_off">; row: CredentialRow; seconds: number }
  /** The credential has another version by now, or another status. */
  | { type: Extract<LeaseOutcome, "stale">; row: CredentialRow }
  | { type: Extract<LeaseOutcome, "missing"> };

/** A lease that the caller holds, and the credential as it was when the lease was taken. */
export interface AcquiredLease {
  type: "acquired";
  lease: CredentialLease;
  /** How long the lease lasts. */
  seconds: number;
  row: CredentialRow;
  /** An earlier refresh was sent, and its outcome is unknown. */
  unsettled: boolean;
  /** How many calls to the provider have failed in a row. */
  failures: number;
  /** For how many seconds the account has been closed at the provider. */
  pausedFor: number;
}

/** The result of asking for an exclusive lease. `seconds`: how long to wait before asking again. */
export type ExclusiveLease = { type: "acquired"; until: Date } | { type: "busy"; seconds: number };

/** The new tokens of a refresh, sealed. Times are in seconds from now. */
export interface Renewal {
  secret: Buffer;
  expiresInSeconds: number | undefined;
  refreshExpiresInSeconds: number | undefined;
  maintainInSeconds: number | undefined;
  /**
   * How long the provider is left alone after a refresh that brought a refresh token alone, which counts as a failure. The
   * access token from before stays, and keeps its end.
   */
  backOffSeconds: number | undefined;
  /** If this ends a pause, our address is registered for the account's events again: that may have been refused. */
  subscribesToEvents: boolean;
  /** No other refresh of this version can have succeeded: a later holder of the lease can only have heard that the grant is dead. */
  isOnlyRenewal: boolean;
  /** The holder goes on with the renewed credential under the same lease. */
  keepsLease: boolean;
}

/** How a credential ends, and why. */
export type CredentialEnd = { status: "needs_reconnect" | "revoked"; reason: HealthReason };

/** The stored credentials, which every process sees. Each method is one SQL statement. */
export interface CredentialStore {
  /** Reads the credential of a connection, for a back end's request. */
  findByConnection(connection: number): Promise<ConnectionCredential | undefined>;
  find(id: string): Promise<CredentialRow | undefined>;
  /** Takes the lease if no one holds it and the credential is as wanted. */
  acquireLease(wanted: WantedCredential, owner: string, purpose: LeasePurpose): Promise<LeaseResult>;
  /** Takes the lease for a back end, or prolongs it for the holder who shows the previous one. */
  acquireExclusiveLease(
    id: string,
    borrower: { lease: string; previous: string | undefined },
    seconds: number,
  ): Promise<ExclusiveLease>;
  /** Records under the lease that a refresh is about to be sent. False: the lease is lost. */
  recordRefresh(lease: CredentialLease): Promise<boolean>;
  /** Gives the lease back. `paused`: the provider says that the account is closed there. */
  releaseLease(lease: CredentialLease, release: { paused: boolean }): Promise<void>;
  /**
   * Stores a renewal under the lease and plans the next. Undefined: the lease is lost, and nothing was stored. The only
   * renewal of its version (`isOnlyRenewal`) needs no lease, and revives a credential that ended as `refresh_lost`.
   */
  storeRenewal(lease: CredentialLease, renewal: Renewal): Promise<CredentialRow | undefined>;
  /**
   * Gives the lease back after the provider gave no clear answer, and plans another try. `unsettled`: the provider may
   * have carried out the refresh. `paused`: the account is closed at the provider until a renewal succeeds.
   */
  backOff(lease: CredentialLease, pause: { seconds: number; unsettled: boolean; paused: boolean }): Promise<void>;
  /** Marks the credential as dead under the lease, with an audit record for each of its connections. False: the lease is lost. */
  markDead(lease: CredentialLease, ending: CredentialEnd): Promise<boolean>;
  /** Gives the lease back after a probe that found the grant alive, and plans the next maintenance. */
  confirmAlive(lease: CredentialLease, next: Pick<Renewal, "maintainInSeconds" | "subscribesToEvents">): Promise<void>;
  /** Sets why a credential is dead that needed a reconnect before. */
  setReason(id: string, ending: CredentialEnd): Promise<void>;
  /** Plans a job about the credential, in some seconds. */
  scheduleJob(job: "keep" | "check" | "supersede" | "erase", id: string, seconds: number): Promise<void>;
  /** Deletes a dead credential and its connections. One that is being disconnected is deleted with its revocation. */
  deleteDead(id: string): Promise<void>;
}
