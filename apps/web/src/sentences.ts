import type { FailureCode, FailureData, LoginReason } from "@patchbay/api/router";
import { isConnectPage } from "./page-session.ts";
import { sanitize } from "./sanitize.ts";

export type { FailureCode };

/** Says what happened and what to do next. `name` is the provider's. */
type Sentence = (name: string) => string;

/** For what the API never refuses to a page of its own version. */
const refuseToPage: Sentence = () => "This page asked for something that cannot be done here. Reload it and try again.";

/** One sentence for each code of the API. A code without a sentence does not compile. */
export const failureSentences = {
  unauthenticated: () => (isConnectPage() ? "This page has expired." : "You are signed out. Sign in, then try again."),
  password_common: () => "Many people use this password, so it is guessed first. Choose another one.",
  sign_in_refused: () => "E-mail or password is not right.",
  sign_up_closed: () => "No account can be created here now. Ask the people who run this site.",
  email_taken: () => "There is an account with this e-mail already. Sign in with it.",
  origin_refused: () => "This page is not allowed to do that from where it was opened. Open it at its own address.",
  invalid_request: (name) => `The link back from ${name} could not be read. Please start again.`,
  invalid_shop: () => "This is not a shop address. It is the part before .myshopify.com, for example acme-goods.",
  missing_code: (name) => `${name} sent you back without a confirmation. Please connect again.`,
  access_denied: (name) => `You chose not to give access, so ${name} is not connected. Connect again if you like.`,
  invalid_state: (name) =>
    `We could not match this return from ${name} to a connection you started here. Please start again.`,
  invalid_hmac: (name) => `The signature that came back from ${name} is not right. Please start again.`,
  link_expired: (name) => `This link from ${name} has run out. Open the app in ${name} again, and it leads you here.`,
  clock_differs: (name) =>
    `The confirmation from ${name} is of another time than our clock's. Please start again; if it comes again, tell the people who run this site that its clock is wrong.`,
  invalid_signature: refuseToPage,
  connect_session_unknown: () => "This link does not work any more. Go back and press Connect again.",
  session_opened_elsewhere: () => "This link was opened in another browser. Go back and press Connect again.",
  session_cancelled: () => "This connection was cancelled. Go back and press Connect again.",
  user_mismatch: () => "This connection was started by another user, so nothing was connected.",
  idempotency_key_reused: refuseToPage,
  right_missing: refuseToPage,
  connection_pending: refuseToPage,
  attempt_unknown: (name) => `This attempt to connect ${name} is over or was started elsewhere. Please start again.`,
  connection_unknown: () => "This account is no longer connected here. The list is up to date now.",
  grant_rejected: (name) => `${name} did not accept the confirmation; it may have expired. Please connect again.`,
  scope_missing: (name) =>
    `${name} was not connected, because some of the permissions were left out. Connect again and allow all of them.`,
  account_mismatch: (name) =>
    `That was a different ${name} account than the one you wanted to reconnect. Reconnect with the same account, or connect the other one as well.`,
  outcome_unknown: (name) => `We could not confirm the connection to ${name}. Please start again.`,
  needs_reconnect: (name) => `${name} no longer accepts this connection. Reconnect the account to use it again.`,
  account_paused: (name) =>
    `This account is paused at ${name}. It can be connected and used again when it is reopened there.`,
  code_rejected: () => "That code is not right. Check it and type it again.",
  password_rejected: () => "That password is not right. Type it again.",
  code_expired: (name) => `The time to confirm with ${name} ran out. Please start again.`,
  too_many_requests: () => "That was too often in a short time.",
  provider_unknown: () => "This kind of account cannot be connected here.",
  provider_not_configured: (name) => `${name} is not set up here yet. Ask the people who run this site.`,
  provider_misconfigured: (name) =>
    `${name} refuses the way this site is set up. It is not your fault: tell the people who run this site.`,
  provider_misbehaved: (name) => `${name} gave an answer we do not understand, so nothing was connected. Try later.`,
  database_unavailable: () => "This site cannot reach its database right now.",
  provider_unavailable: (name) => `${name} cannot be reached right now.`,
  not_found: () => "There is nothing at this address.",
  method_not_allowed: refuseToPage,
  internal: () => "Something went wrong on our side. Try again; if it stays, tell the people who run this site.",
} satisfies Record<FailureCode, Sentence>;

/** Why something failed. `code` is null for a failure that the page does not know. */
export type Failure = {
  code: FailureCode | null;
  /** The API did not answer. */
  offline?: boolean;
  /** Seconds until the same may be tried again. */
  retryAfter?: number;
  /** The field that the failure is about. */
  field?: string;
  /** The account that the user signed in to at the provider. */
  account?: NonNullable<FailureData["account"]>;
  /** Why the provider refused a login in the dialog. */
  reason?: LoginReason;
};

/** Whether a text is a code that the page has a sentence for. */
export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(failureSentences, text);
}

/** Describes a failure: what happened, and when to try again. `name` is the provider's. */
export function describeFailure(failure: Failure, name?: string): string {
  return `${describeCause(failure, name)}${describeWait(failure)}`;
}

/** Describes what happened, without the time to wait. For a place where a countdown shows that time. */
export function describeCause(failure: Failure, name = "the provider"): string {
  if (failure.offline)
    return "We cannot be reached right now. Check your connection to the internet, or try again in a moment.";
  if (failure.code === null) return failureSentences.internal();
  const describe = fieldSentences[`${failure.code} ${failure.field}`] ?? failureSentences[failure.code];
  const text = failure.account ? describeOtherAccount(failure.account, { code: failure.code, name }) : describe(name);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The sentences of failures that mean something else for one field. The key is the code and the field. */
const fieldSentences: Readonly<Record<string, Sentence>> = {
  // The user allowed access in the provider's app directory, so this page did not start it.
  "invalid_state state": (name) =>
    `You allowed access at ${name}, but it was not started here, so nothing is connected yet. Connect ${name} here to finish.`,
};

/** Describes that the user signed in to another account. `expected` is the label of the account to be reconnected. */
export function describeOtherAccount(
  { label, connected }: NonNullable<Failure["account"]>,
  { code, name, expected }: { code: FailureCode; name: string; expected?: string },
): string {
  const who = `You signed in to ${name} as ${sanitize(label)}.`;
  if (code === "scope_missing") {
    const stays = connected ? "That account stays connected, with fewer permissions." : "It was not connected.";
    return `${who} Some permissions were left out. ${stays} Connect it again and allow all of them.`;
  }
  if (code !== "account_mismatch") return `${who} ${failureSentences[code](name)}`;
  const stays = connected ? " That account is connected and still works." : "";
  return `${who}${stays} ${expected === undefined ? "The account you wanted" : sanitize(expected)} was not reconnected.`;
}

function describeWait({ code, offline, retryAfter }: Failure): string {
  if (code === null || offline) return "";
  if (retryAfter !== undefined) return ` Try again in ${formatDuration(retryAfter)}.`;
  return defaultWaits[code] ?? "";
}

/** When to try again, if the API does not say it. */
const defaultWaits: Partial<Record<FailureCode, string>> = {
  too_many_requests: " Wait a minute, then try again.",
  provider_unavailable: " Try again in a few minutes.",
  database_unavailable: " Try again in a moment.",
};

/** Writes a number of seconds as people say it. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 90) return whole === 1 ? "1 second" : `${whole} seconds`;
  const minutes = Math.ceil(whole / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
