import { ConnectError, type FailureCode } from "../errors.ts";
import type { LoginReason } from "../login-reasons.ts";
import { isRefusal, Refusal } from "./gateway.ts";

type Meaning = { code: FailureCode; field?: string; reason?: LoginReason };

const phone = { code: "invalid_request", field: "phone" } as const;
// No account there, or none that may log in here.
const shut = { code: "access_denied", field: "phone" } as const;
const unknown = { ...shut, reason: "number_unknown" } as const;
const banned = { ...shut, reason: "number_banned" } as const;
const deleted = { ...shut, reason: "account_deleted" } as const;
const over = { code: "code_expired" } as const;
const tooOften = { code: "too_many_requests" } as const;
const ourFault = { code: "provider_misconfigured" } as const;

/** What Telegram's reasons mean: https://core.telegram.org/method/auth.sendCode and its neighbours. */
const meanings: Readonly<Record<string, Meaning>> = {
  PHONE_NUMBER_INVALID: phone,
  PHONE_NUMBER_UNOCCUPIED: unknown,
  PHONE_NUMBER_APP_SIGNUP_FORBIDDEN: unknown,
  PHONE_PASSWORD_PROTECTED: { ...shut, reason: "number_protected" },
  EMAIL_SETUP_REQUIRED: { ...shut, reason: "email_setup_required" },
  PHONE_NUMBER_BANNED: banned,
  USER_DEACTIVATED: deleted,
  USER_DEACTIVATED_BAN: banned,
  PHONE_CODE_EXPIRED: over,
  PHONE_CODE_HASH_EMPTY: over,
  PHONE_HASH_EXPIRED: over,
  EMAIL_VERIFY_EXPIRED: over,
  AUTH_TOKEN_EXPIRED: over,
  AUTH_TOKEN_INVALID: over,
  AUTH_TOKEN_INVALID1: over,
  AUTH_TOKEN_INVALID2: over,
  AUTH_TOKEN_ALREADY_ACCEPTED: over,
  FLOOD_WAIT: tooOften,
  PHONE_NUMBER_FLOOD: tooOften,
  PHONE_PASSWORD_FLOOD: tooOften,
  SEND_CODE_UNAVAILABLE: { ...tooOften, reason: "no_other_delivery" },
  SMS_CODE_CREATE_FAILED: { code: "provider_unavailable", reason: "code_not_sent" },
  TRANSPORT_FLOOD: tooOften,
  API_ID_INVALID: ourFault,
  CONNECTION_API_ID_INVALID: ourFault,
  API_ID_PUBLISHED_FLOOD: ourFault,
  // The library is too old for Telegram: only a new version of it lets anybody in again.
  UPDATE_APP_TO_LOGIN: { ...ourFault, reason: "client_outdated" },
};

/** Reasons that say that a session is no more, so that there is nothing to end. */
const dead = new Set([
  "AUTH_KEY_UNREGISTERED",
  "AUTH_KEY_UNKNOWN",
  "AUTH_KEY_INVALID",
  "AUTH_KEY_DUPLICATED",
  "SESSION_REVOKED",
  "SESSION_EXPIRED",
]);

/** Whether Telegram says that the session is no more. */
export function isSessionDead(failure: unknown): boolean {
  return failure instanceof Refusal && dead.has(failure.reason);
}

/** Reasons that say that the account is no more, and its sessions with it. To a login they say whom it may not be for. */
const deactivated = ["USER_DEACTIVATED", "USER_DEACTIVATED_BAN"] as const;

/** Whether nothing is left of a session that stood: it was ended, or its account. */
export function isSessionGone(failure: unknown): boolean {
  return isSessionDead(failure) || isRefusal(failure, ...deactivated);
}

/** A failure of a step as one of the table. Anything that is no refusal stays what it is. */
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
  if (isSessionDead(refusal)) return over;
  const passing = refusal.status !== undefined && (refusal.status >= 500 || refusal.status < 0);
  return { code: passing ? "provider_unavailable" : "provider_misbehaved" };
}
