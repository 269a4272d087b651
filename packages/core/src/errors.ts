/**
 * Every way in which a request can fail. The list is closed: a code outside it does not compile, and the page has one
 * sentence for each. `status` is the HTTP status of an answer that carries the code; `retryable` says whether the same
 * request may succeed later without anybody changing anything.
 */
export const failures = {
  unauthenticated: { status: 401, retryable: false },
  password_common: { status: 422, retryable: false },
  sign_in_refused: { status: 401, retryable: false },
  sign_up_closed: { status: 403, retryable: false },
  email_taken: { status: 409, retryable: false },
  origin_refused: { status: 403, retryable: false },
  invalid_request: { status: 422, retryable: false },
  invalid_shop: { status: 400, retryable: false },
  missing_code: { status: 400, retryable: false },
  access_denied: { status: 403, retryable: false },
  invalid_state: { status: 400, retryable: false },
  invalid_hmac: { status: 400, retryable: false },
  link_expired: { status: 400, retryable: false },
  clock_differs: { status: 400, retryable: false },
  connect_session_unknown: { status: 404, retryable: false },
  session_opened_elsewhere: { status: 409, retryable: false },
  session_cancelled: { status: 409, retryable: false },
  user_mismatch: { status: 409, retryable: false },
  idempotency_key_reused: { status: 409, retryable: false },
  right_missing: { status: 403, retryable: false },
  connection_pending: { status: 409, retryable: false },
  attempt_unknown: { status: 404, retryable: false },
  connection_unknown: { status: 404, retryable: false },
  grant_rejected: { status: 400, retryable: false },
  scope_missing: { status: 403, retryable: false },
  account_mismatch: { status: 409, retryable: false },
  outcome_unknown: { status: 409, retryable: false },
  invalid_signature: { status: 401, retryable: false },
  needs_reconnect: { status: 409, retryable: false },
  account_paused: { status: 409, retryable: false },
  code_rejected: { status: 422, retryable: true },
  password_rejected: { status: 422, retryable: true },
  code_expired: { status: 410, retryable: false },
  too_many_requests: { status: 429, retryable: true },
  provider_unknown: { status: 404, retryable: false },
  provider_not_configured: { status: 503, retryable: false },
  provider_misconfigured: { status: 500, retryable: false },
  provider_misbehaved: { status: 502, retryable: false },
  provider_unavailable: { status: 503, retryable: true },
  database_unavailable: { status: 503, retryable: true },
  not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  internal: { status: 500, retryable: false },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

/** A code of the table of failures. */
export type FailureCode = keyof typeof failures;

/** Narrows a text from outside (a database row, a URL) to a code of the table. */
export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(failures, text);
}

type Evidence = {
  /** What went wrong underneath. For the log, never for an answer. */
  cause?: unknown;
  /** Seconds after which the request may be sent again (HTTP Retry-After). */
  retryAfter?: number;
  /** The input field at fault. */
  field?: string;
  /** Why a connection needs to be reconnected, or why a login was refused. */
  reason?: string;
  /** Which account the user signed in to at the provider. */
  account?: SignedInAccount;
  /** Seconds by which a rightly signed time lies before our clock's. For the log. */
  clockDifference?: number;
};

/** The account that the user signed in to at the provider, where the attempt did not end in a connection to it. */
export interface SignedInAccount {
  label: string;
  /** Whether it is one of the user's own connections, and works. Nothing is said about other users. */
  connected: boolean;
}

/**
 * The one error that core throws on purpose. `message` is for developers and logs and holds no secret; users read the
 * sentence that belongs to `code`.
 */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
  readonly code: FailureCode;
  readonly retryAfter: number | undefined;
  readonly field: string | undefined;
  readonly reason: string | undefined;
  readonly account: SignedInAccount | undefined;
  readonly clockDifference: number | undefined;

  constructor(code: FailureCode, message: string, evidence: Evidence = {}) {
    // Without a stack: no log shows it, and strangers cause most refusals. To record a stack costs more than the rest of a refusal.
    const deepest = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message, "cause" in evidence ? { cause: evidence.cause } : undefined);
    Error.stackTraceLimit = deepest;
    this.code = code;
    this.retryAfter = evidence.retryAfter;
    this.field = evidence.field;
    this.reason = evidence.reason;
    this.account = evidence.account;
    this.clockDifference = evidence.clockDifference;
  }

  /** Whether the same request may succeed later without anybody changing anything. */
  get retryable(): boolean {
    return failures[this.code].retryable;
  }

  get status(): number {
    return failures[this.code].status;
  }
}

/** Gives a thrown error as one of the table. What was not thrown on purpose is a bug of ours: `internal`, with the bug as its cause. */
export function asConnectError(thrown: unknown, what: string): ConnectError {
  return thrown instanceof ConnectError ? thrown : new ConnectError("internal", what, { cause: thrown });
}
