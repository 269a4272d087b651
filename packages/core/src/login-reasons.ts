/**
 * Why a provider refused an interactive login, if the failure's code alone does not say what to do. The list is closed:
 * the page and the REST paths have a sentence for each.
 */
export const loginReasons = [
  /** The account has to get a login e-mail first. */
  "email_setup_required",
  /** The provider sends no codes to this number. */
  "number_protected",
  /** No account has this number. */
  "number_unknown",
  "number_banned",
  "account_deleted",
  /** The provider could not send the code. */
  "code_not_sent",
  /** The code was sent in every possible way. */
  "no_other_delivery",
  /** The provider wants the login to begin anew. */
  "restart_required",
  /** The provider no longer accepts logins from our version. */
  "client_outdated",
] as const;

/** A reason of the list. */
export type LoginReason = (typeof loginReasons)[number];

/** Narrows a text from outside to a reason of the list. */
export function isLoginReason(text: string | undefined): text is LoginReason {
  return loginReasons.some((reason) => reason === text);
}
