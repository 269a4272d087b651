/** The codes that this client gives itself, where Patchbay has given none. */
type OwnCode =
  /** No answer: the address is wrong, or nothing listens there. */
  | "unreachable"
  /** No answer in time. Patchbay may have done what it was asked. */
  | "timed_out"
  /** An answer that is not Patchbay's: the address leads elsewhere, or a proxy has answered. */
  | "unexpected_answer";

/** The codes of Patchbay that a back end meets. */
type AnsweredCode =
  | "unauthenticated"
  | "right_missing"
  | "origin_refused"
  | "invalid_request"
  | "connection_unknown"
  | "connect_session_unknown"
  | "user_unknown"
  | "user_mismatch"
  | "idempotency_key_reused"
  | "connection_pending"
  | "access_denied"
  | "attempt_unknown"
  | "link_expired"
  | "grant_rejected"
  | "scope_missing"
  | "account_mismatch"
  | "outcome_unknown"
  | "needs_reconnect"
  | "account_paused"
  | "too_many_requests"
  | "provider_unknown"
  | "provider_not_configured"
  | "provider_misconfigured"
  | "provider_misbehaved"
  | "provider_unavailable"
  | "database_unavailable"
  | "not_found"
  | "method_not_allowed"
  | "internal";

/** What went wrong. A later version of Patchbay may have codes that this one does not name. */
export type PatchbayErrorCode = OwnCode | AnsweredCode | (string & Record<never, never>);

/** What is known of a failure beside its code. */
export interface PatchbayErrorDetails {
  status?: number | undefined;
  retryAfter?: number | undefined;
  field?: string | undefined;
  reason?: string | undefined;
  cause?: unknown;
}

/** The one error of this package. Branch on `code`. The service key is in none of its fields. */
export class PatchbayError extends Error {
  override readonly name = "PatchbayError";
  readonly code: PatchbayErrorCode;
  /** The HTTP status; undefined if there was no answer. */
  readonly status: number | undefined;
  /** Seconds after which the same call may succeed. */
  readonly retryAfter: number | undefined;
  /** The field of the request that is wrong. */
  readonly field: string | undefined;
  /** Why a connection needs its user, if `code` is `needs_reconnect` or `account_paused`. */
  readonly reason: string | undefined;

  constructor(code: PatchbayErrorCode, message: string, details: PatchbayErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.status = details.status;
    this.retryAfter = details.retryAfter;
    this.field = details.field;
    this.reason = details.reason;
  }
}
