import { ConnectError, type FailureCode } from "@patchbay/core/errors";
import { isAPIError } from "better-auth/api";
import type { betterAuth } from "better-auth";

type Refusal = readonly [code: FailureCode, field?: "email" | "password" | "name"];

/** All that better-auth has codes for: its table, and the codes that its endpoints write in place. */
type Code =
  | keyof ReturnType<typeof betterAuth>["$ERROR_CODES"]
  | "EMAIL_PASSWORD_SIGN_UP_DISABLED"
  | "EMAIL_PASSWORD_DISABLED"
  | "UNAUTHORIZED";

/**
 * What each of better-auth's codes is here. The list is closed: a code that a newer version brings does not compile.
 * Undefined: none of our paths leads to it, so that it would be a fault of ours.
 */
export const refusals = {
  INVALID_EMAIL_OR_PASSWORD: ["sign_in_refused"],
  INVALID_PASSWORD: ["password_rejected", "password"],
  // Of a user who has none.
  CREDENTIAL_ACCOUNT_NOT_FOUND: ["password_rejected", "password"],
  PASSWORD_TOO_SHORT: ["invalid_request", "password"],
  PASSWORD_TOO_LONG: ["invalid_request", "password"],
  INVALID_EMAIL: ["invalid_request", "email"],
  USER_ALREADY_EXISTS: ["email_taken", "email"],
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: ["email_taken", "email"],
  EMAIL_PASSWORD_SIGN_UP_DISABLED: ["sign_up_closed"],
  UNAUTHORIZED: ["unauthenticated"],
  SESSION_EXPIRED: ["unauthenticated"],
  SESSION_NOT_FRESH: ["unauthenticated"],

  // The database's answer stands behind these, or what only other paths and other settings lead to.
  FAILED_TO_CREATE_USER: undefined,
  FAILED_TO_CREATE_SESSION: undefined,
  FAILED_TO_GET_SESSION: undefined,
  FAILED_TO_UPDATE_USER: undefined,
  FAILED_TO_CREATE_VERIFICATION: undefined,
  FAILED_TO_GET_USER_INFO: undefined,
  FAILED_TO_UNLINK_LAST_ACCOUNT: undefined,
  EMAIL_PASSWORD_DISABLED: undefined,
  USER_NOT_FOUND: undefined,
  INVALID_USER: undefined,
  SOCIAL_ACCOUNT_ALREADY_LINKED: undefined,
  PROVIDER_NOT_FOUND: undefined,
  INVALID_TOKEN: undefined,
  TOKEN_EXPIRED: undefined,
  ID_TOKEN_NOT_SUPPORTED: undefined,
  USER_EMAIL_NOT_FOUND: undefined,
  EMAIL_NOT_VERIFIED: undefined,
  EMAIL_CAN_NOT_BE_UPDATED: undefined,
  CHANGE_EMAIL_DISABLED: undefined,
  ACCOUNT_NOT_FOUND: undefined,
  USER_ALREADY_HAS_PASSWORD: undefined,
  CROSS_SITE_NAVIGATION_LOGIN_BLOCKED: undefined,
  VERIFICATION_EMAIL_NOT_ENABLED: undefined,
  EMAIL_ALREADY_VERIFIED: undefined,
  EMAIL_MISMATCH: undefined,
  LINKED_ACCOUNT_ALREADY_EXISTS: undefined,
  INVALID_ORIGIN: undefined,
  INVALID_CALLBACK_URL: undefined,
  INVALID_REDIRECT_URL: undefined,
  INVALID_ERROR_CALLBACK_URL: undefined,
  INVALID_NEW_USER_CALLBACK_URL: undefined,
  MISSING_OR_NULL_ORIGIN: undefined,
  CALLBACK_URL_REQUIRED: undefined,
  FIELD_NOT_ALLOWED: undefined,
  ASYNC_VALIDATION_NOT_SUPPORTED: undefined,
  VALIDATION_ERROR: undefined,
  MISSING_FIELD: undefined,
  METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED: undefined,
  BODY_MUST_BE_AN_OBJECT: undefined,
  PASSWORD_ALREADY_SET: undefined,
} as const satisfies Record<Code, Refusal | undefined>;

type Told = NonNullable<(typeof refusals)[Code]>[0];

/** Every code that a refusal of the sign-in paths can carry. The page has a sentence for each. */
export type SignInFailureCode =
  | Told
  | Extract<
      FailureCode,
      "password_common" | "origin_refused" | "too_many_requests" | "internal" | "database_unavailable"
    >;

/**
 * What to throw in place of what better-auth threw. `hidden`: the error that it told its logger alone; where the refusal is
 * none of ours, that is what went wrong.
 */
export function readRefusal(thrown: unknown, hidden: unknown): unknown {
  if (!isAPIError(thrown)) return thrown;
  if (isTaken(hidden)) return new ConnectError("email_taken", "signed up twice at once", { field: "email" });
  const { code = "" } = thrown.body ?? {};
  const [ours, field] = (Object.hasOwn(refusals, code) ? refusals[code as Code] : undefined) ?? [];
  if (ours === undefined) return hidden ?? thrown;
  return new ConnectError(ours, `sign-in: ${code}`, field === undefined ? {} : { field });
}

const uniqueViolation = "23505";

/** The only value of an account that is unique, and not our own to choose, is its address. */
function isTaken(hidden: unknown): boolean {
  return hidden instanceof Error && "code" in hidden && hidden.code === uniqueViolation;
}
