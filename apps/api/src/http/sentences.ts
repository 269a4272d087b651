import type { FailureCode, SignedInAccount } from "@patchbay/core/errors";
import type { LoginReason } from "@patchbay/core/login-reasons";

/** Where the field at fault makes another sentence. */
export const sentencesOfFields: Readonly<Record<string, string>> = {
  "access_denied phone": "This number has no account there, or none that may be connected here.",
  "unauthenticated authorization": "Send one of the keys in SERVICE_KEYS as Authorization: Bearer.",
  "too_many_requests lease": "This session is lent to another holder. Try again when its lease is over.",
  "invalid_request user":
    "Name the user by your product's own id, a text of 1 to 255 characters. A user who signed up here has the user.id of session.get.",
  "invalid_request returnUrl":
    "This returnUrl is not below an address of CONNECT_RETURN_URLS. Add your product's address to that variable, with the same scheme, host, port and beginning of the path.",
  "invalid_request phone":
    "That is not a phone number we can use. Write it with its country code, as in +44 7700 900123.",
};

/** The same at the sign-in paths: a password elsewhere is another one, with rules of its own. */
export const sentencesOfSignIn: Readonly<Record<string, string>> = {
  "invalid_request email": "This is not a whole e-mail address. It looks like ada@example.com.",
  "invalid_request password": "A password has 8 to 128 characters.",
  "invalid_request newPassword": "The new password needs 8 to 128 characters.",
  "invalid_request name": "Please give your name, with at most 200 characters.",
};

/** Whom the user signed in as, before the sentence that says what did not happen. */
export function sentenceOfAccount({ label, connected }: SignedInAccount, code: FailureCode): string {
  if (!connected) return `You signed in as ${label}. `;
  if (code === "scope_missing")
    return `You signed in as ${label}. That account stays connected, with fewer permissions. `;
  return `You signed in as ${label}. That account is connected and still works. `;
}

/** Where the reason makes another sentence. */
export const sentencesOfReasons = {
  email_setup_required:
    "This account needs a login e-mail first. Add one in the provider's app, under its privacy settings, or scan the code instead.",
  number_protected: "The provider sends no codes to this number. Scan the code with its app instead.",
  number_unknown: "There is no account with this number. Create one in the provider's app, then connect it here.",
  number_banned: "The provider has banned this number.",
  account_deleted: "The account of this number was deleted at the provider.",
  code_not_sent:
    "The provider could not send a code to this number. Try again in a few minutes, or scan the code instead.",
  no_other_delivery: "There is no other way to send the code. Use the one that was sent, or scan the code instead.",
  restart_required: "The provider ended this login. Please start again.",
  client_outdated:
    "The provider no longer accepts this version of our software. Please tell the people who run this site.",
} as const satisfies Record<LoginReason, string>;

/** What a user is told, for clients of the REST paths. The page has sentences of its own, which know the provider. */
export const sentences = {
  unauthenticated: "Please sign in first.",
  password_common: "Many people use this password, so it is guessed first. Please choose another one.",
  sign_in_refused: "E-mail or password is not right.",
  sign_up_closed: "No account can be created here now. Please ask the people who run this site.",
  email_taken: "There is an account with this e-mail already. Please sign in with it.",
  origin_refused: "This request came from another site and was refused.",
  invalid_request: "Something in this request is missing or not as it should be.",
  invalid_shop: "That is not a shop's domain. It looks like yourstore.myshopify.com.",
  missing_code: "The provider sent you back without a code. Please start again.",
  access_denied: "You did not allow access, so nothing was connected.",
  invalid_state: "This connection was not started here, or it took too long. Please start again.",
  invalid_hmac: "Authentication failed: the signature from Shopify is not valid. Please start again.",
  link_expired: "This link has run out. Open the app at the provider again, and it leads you here.",
  clock_differs:
    "The provider's confirmation is of another time than our clock's. Please start again; if it comes again, tell the people who run this site that its clock is wrong.",
  invalid_signature: "The signature of this delivery does not hold, so it was refused.",
  connect_session_unknown: "This link does not work any more. Go back and press Connect again.",
  session_opened_elsewhere: "This link was opened in another browser. Go back and press Connect again.",
  session_cancelled: "This connection was cancelled. Go back and press Connect again.",
  user_mismatch: "This connection was started by another user, so nothing was connected.",
  idempotency_key_reused: "This Idempotency-Key was sent before with another request. Use a new one for each request.",
  right_missing: "This service key does not have the right for that. Add the right to it in SERVICE_KEYS.",
  connection_pending: "This connection waits for approval. Approve it before you use it.",
  attempt_unknown: "This connection attempt is over or not yours. Please start again.",
  connection_unknown: "There is no such connection. It may have been disconnected already.",
  grant_rejected: "The provider did not accept the authorization. Please start again.",
  scope_missing: "The provider did not grant everything that is needed. Please connect again and allow all of it.",
  account_mismatch: "The account that you wanted to reconnect was not reconnected. Please choose that account.",
  outcome_unknown: "We could not confirm the connection. Please start again.",
  needs_reconnect: "This connection has ended at the provider. Please connect it again.",
  account_paused: "This account is paused at the provider. It works again when it is reopened there.",
  code_rejected: "That code is not right. Please check it and try again.",
  password_rejected: "That password is not right. Please try again.",
  code_expired: "That code has run out. Please ask for a new one.",
  too_many_requests: "That was too often. Please wait a moment and try again.",
  provider_unknown: "There is no provider of that name.",
  provider_not_configured: "This provider has not been set up here yet.",
  provider_misconfigured: "This provider is not set up correctly here. Please tell the people who run this site.",
  // These are also said where nothing is being connected: to back ends, and to a provider's own deliveries.
  provider_misbehaved: "The provider answered in a way we do not understand. Please try again later.",
  provider_unavailable: "The provider does not answer right now. Please try again in a moment.",
  database_unavailable: "Our database does not answer right now. Please try again in a moment.",
  not_found: "There is nothing at this address.",
  method_not_allowed: "This address does not take requests of this kind.",
  internal: "Something went wrong on our side. Please try again.",
} as const satisfies Record<FailureCode, string>;
