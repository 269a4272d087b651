import type { FailureCode, FailureData, LoginReason } from "@patchbay/api/router";
import { inert } from "./inert.ts";

export type { FailureCode };

/** What happened, and what to do next. `name` is the provider's, ready to stand anywhere in a sentence. */
type Sentence = (name: string) => string;

export const sentences = {
  unauthenticated: () => "You are signed out. Sign in, then try again.",
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
  invalid_signature: () => "That delivery was not signed as it should be.",
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
  method_not_allowed: () => "This page asked for something that cannot be done here. Reload it and try again.",
  internal: () => "Something went wrong on our side. Try again; if it stays, tell the people who run this site.",
} satisfies Record<FailureCode, Sentence>;

export type Failure = {
  code: FailureCode | null;
  offline?: boolean;
  retryAfter?: number;
  field?: string;
  /** Which account the user signed in to at the provider. */
  account?: NonNullable<FailureData["account"]>;
  /** Why a login in steps was refused. */
  reason?: LoginReason;
};

/** Narrows a text from outside to a code this page has a sentence for. */
export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(sentences, text);
}

/** The one way in which a failure becomes words: what happened, and when to try again. */
export function sentence(failure: Failure, name?: string): string {
  return `${happening(failure, name)}${pauseOf(failure)}`;
}

/** The same without the time to wait, for where a clock tells it. */
export function happening(failure: Failure, name = "the provider"): string {
  if (failure.offline)
    return "We cannot be reached right now. Check your connection to the internet, or try again in a moment.";
  if (failure.code === null)
    return "Something went wrong on our side. Try again; if it stays, tell the people who run this site.";
  const own = sentencesOfFields[`${failure.code} ${failure.field}`] ?? sentences[failure.code];
  const said = failure.account ? signedInAs(failure.account, { code: failure.code, name }) : own(name);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** Where the field at fault makes another sentence. */
const sentencesOfFields: Readonly<Record<string, Sentence>> = {
  // Given at the provider without our asking: in its app directory.
  "invalid_state state": (name) =>
    `You allowed access at ${name}, but it was not started here, so nothing is connected yet. Connect ${name} here to finish.`,
};

/** Whom the user signed in as, and what that changed. `expected`: the label of the account that was to be reconnected. */
export function signedInAs(
  { label, connected }: NonNullable<Failure["account"]>,
  { code, name, expected }: { code: FailureCode; name: string; expected?: string },
): string {
  const who = `You signed in to ${name} as ${inert(label)}.`;
  if (code === "scope_missing") {
    const stays = connected ? "That account stays connected, with fewer permissions." : "It was not connected.";
    return `${who} Some permissions were left out. ${stays} Connect it again and allow all of them.`;
  }
  if (code !== "account_mismatch") return `${who} ${sentences[code](name)}`;
  const stays = connected ? " That account is connected and still works." : "";
  return `${who}${stays} ${expected === undefined ? "The account you wanted" : inert(expected)} was not reconnected.`;
}

function pauseOf({ code, offline, retryAfter }: Failure): string {
  if (code === null || offline) return "";
  if (retryAfter !== undefined) return ` Try again in ${duration(retryAfter)}.`;
  return pauses[code] ?? "";
}

/** When to try again where nobody says it. */
const pauses: Partial<Record<FailureCode, string>> = {
  too_many_requests: " Wait a minute, then try again.",
  provider_unavailable: " Try again in a few minutes.",
  database_unavailable: " Try again in a moment.",
};

/** Seconds as people say them. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 90) return whole === 1 ? "1 second" : `${whole} seconds`;
  const minutes = Math.ceil(whole / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
