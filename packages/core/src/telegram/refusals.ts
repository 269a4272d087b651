import { ConnectError, type FailureCode } from "../errors.ts";
import type { LoginReason } from "../login-reasons.ts";
import { isRefusal, Refusal } from "./gateway.ts";

type Meaning = { code: FailureCode; field?: string; reason?: LoginReason };

const invalidPhone = { code: "invalid_request", field: "phone" } as const;
// The number has no account, or none that may log in here.
const notAllowed = { code: "access_denied", field: "phone" } as const;
const numberUnknown = { ...notAllowed, reason: "number_unknown" } as const;
const numberBanned = { ...notAllowed, reason: "number_banned" } as const;
const accountDeleted = { ...notAllowed, reason: "account_deleted" } as const;
const expired = { code: "code_expired" } as const;
const tooManyRequests = { code: "too_many_requests" } as const;
const misconfigured = { code: "provider_misconfigured" } as const;

/** What Telegram's reasons mean: https://core.telegram.org/method/auth.sendCode and its neighbours. */
const meanings: Readonly<Record<string, Meaning>> = {
  PHONE_NUMBER_INVALID: invalidPhone,
  PHONE_NUMBER_UNOCCUPIED: numberUnknown,
  PHONE_NUMBER_APP_SIGNUP_FORBIDDEN: numberUnknown,
  PHONE_PASSWORD_PROTECTED: { ...notAllowed, reason: "number_protected" },
  EMAIL_SETUP_REQUIRED: { ...notAllowed, reason: "email_setup_required" },
  PHONE_NUMBER_BANNED: numberBanned,
  USER_DEACTIVATED: accountDeleted,
  USER_DEACTIVATED_BAN: numberBanned,
  PHONE_CODE_EXPIRED: expired,
  PHONE_CODE_HASH_EMPTY: expired,
  PHONE_HASH_EXPIRED: expired,
  EMAIL_VERIFY_EXPIRED: expired,
  AUTH_TOKEN_EXPIRED: expired,
  AUTH_TOKEN_INVALID: expired,
  AUTH_TOKEN_INVALID1: expired,
  AUTH_TOKEN_INVALID2: expired,
  AUTH_TOKEN_ALREADY_ACCEPTED: expired,
  FLOOD_WAIT: tooManyRequests,
  PHONE_NUMBER_FLOOD: tooManyRequests,
  PHONE_PASSWORD_FLOOD: tooManyRequests,
  SEND_CODE_UNAVAILABLE: { ...tooManyRequests, reason: "no_other_delivery" },
  SMS_CODE_CREATE_FAILED: { code: "provider_unavailable", reason: "code_not_sent" },
  TRANSPORT_FLOOD: tooManyRequests,
  API_ID_INVALID: misconfigured,
  CONNECTION_API_ID_INVALID: misconfigured,
  API_ID_PUBLISHED_FLOOD: misconfigured,
  // The library is too old for Telegram: only a new version of it lets anybody in again.
  UPDATE_APP_TO_LOGIN: { ...misconfigured, reason: "client_outdated" },
};

/** Reasons that say that a session has ended, so that there is nothing to revoke. */
const deadSessionReasons = new Set([
  "AUTH_KEY_UNREGISTERED",
  "AUTH_KEY_UNKNOWN",
  "AUTH_KEY_INVALID",
  "AUTH_KEY_DUPLICATED",
  "SESSION_REVOKED",
  "SESSION_EXPIRED",
]);

/** Whether Telegram says that the session has ended. */
export function isSessionDead(failure: unknown): boolean {
  return failure instanceof Refusal && deadSessionReasons.has(failure.reason);
}

/** Reasons that say that the account was deleted, and its sessions with it. In a login, they refuse the phone number. */
const deactivatedReasons = ["USER_DEACTIVATED", "USER_DEACTIVATED_BAN"] as const;

/** Whether Telegram says that a session, or its account, has been deleted. */
export function isSessionGone(failure: unknown): boolean {
  return isSessionDead(failure) || isRefusal(failure, ...deactivatedReasons);
}

/** Turns Telegram's refusal into an error of ours. Gives any other failure back as it is. */
export function toConnectError(failure: unknown): unknown {
  if (!(failure instanceof Refusal)) return failure;
  const { code, field, reason } = findMeaning(failure);
  return new ConnectError(code, failure.message, {
    cause: failure,
    ...(failure.seconds !== undefined && { retryAfter: failure.seconds }),
    ...(field !== undefined && { field }),
    ...(reason !== undefined && { reason }),
  });
}

/** Whether Telegram wants the login to begin anew, in one of the spellings it has for that (`AUTH_RESTART_5`). */
export function wantsRestart(failure: unknown): boolean {
  return failure instanceof Refusal && /^AUTH_RESTART(_\d+)?$/.test(failure.reason);
}

function findMeaning(refusal: Refusal): Meaning {
  const known = meanings[refusal.reason];
  if (known) return known;
  if (isSessionDead(refusal)) return expired;
  const isTransient = refusal.status !== undefined && (refusal.status >= 500 || refusal.status < 0);
  return { code: isTransient ? "provider_unavailable" : "provider_misbehaved" };
}
