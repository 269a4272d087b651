/** The codes that this client gives itself, where Patchbay has given none. */
type OwnCode =
  /** No answer: the address is wrong, or nothing listens there. */
  | "unreachable"
  /** No answer in time. Patchbay may have done what it was asked. */
  | "timed_out"
  /** An answer that is not Patchbay's: the address leads elsewhere, or a proxy has answered. */
  | "unexpected_answer";

/** The codes of Patchbay's answers to a back end, as its OpenAPI document lists them. */
export const answeredCodes = [
  "account_mismatch",
  "account_paused",
  "attempt_unknown",
  "connect_session_unknown",
  "connection_pending",
  "connection_unknown",
  "database_unavailable",
  "grant_rejected",
  "idempotency_key_reused",
  "internal",
  "invalid_request",
  "needs_reconnect",
  "origin_refused",
  "outcome_unknown",
  "provider_misbehaved",
  "provider_misconfigured",
  "provider_not_configured",
  "provider_unavailable",
  "provider_unknown",
  "right_missing",
  "scope_missing",
  "session_cancelled",
  "too_many_requests",
  "unauthenticated",
  "user_mismatch",
] as const;

/** What went wrong. A later version of Patchbay may have codes that this one does not name. */
export type PatchbayErrorCode = OwnCode | (typeof answeredCodes)[number] | (string & Record<never, never>);

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
