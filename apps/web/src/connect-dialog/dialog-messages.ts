import { type FormField, missingCountryCode } from "../cards/form-values.ts";
import { sanitize } from "../sanitize.ts";
import {
  describeCause,
  describeFailure,
  describeOtherAccount,
  type Failure,
  type FailureCode,
  formatDuration,
} from "../sentences.ts";
import { loginReasonSentences } from "./login-reasons.ts";
import type { DialogMethod, PendingStep, QuestionStep } from "./step-types.ts";

/** The provider that is being connected. */
export interface DialogProvider {
  name: string;
  fields: readonly FormField[];
  /** The label of the account that is to be reconnected. */
  expected?: string;
}

/** What the user sees while a failure is described. */
export interface DialogScene {
  method: DialogMethod;
  step: PendingStep | undefined;
  provider: DialogProvider;
}

/** Failures that mean something else in the dialog than after a redirect. All others are described as everywhere. */
const dialogSentences: Partial<Record<FailureCode, (scene: DialogScene, field: string | undefined) => string>> = {
  invalid_request: ({ step, provider }, field) => {
    const asked = step?.type === "ask" ? step.question : provider.fields.find(({ name }) => name === field);
    if (asked?.input === "tel") return `We cannot use this number. ${missingCountryCode}`;
    return asked
      ? `We cannot use this ${lowercaseLabel(asked.label)}. Check it and type it again.`
      : "Please start again.";
  },
  access_denied: ({ method, provider: { name, fields } }) =>
    method === "ask" && fields[0]
      ? `${name} has no account for this ${lowercaseLabel(fields[0].label)}, or does not let it connect here.`
      : `${name} does not let this account connect here.`,
  code_expired: ({ step }) =>
    step?.type === "ask" && step.question.resend
      ? "This code ran out. Ask for a new one."
      : "The time ran out. Please start again.",
  attempt_unknown: ({ step }) =>
    `${step?.type === "scan" ? "Nobody scanned the code in time." : "This attempt is over."} Please start again.`,
};

/** Says what went wrong. Leaves out how long to wait where a countdown shows that. */
export function describeDialogFailure(failure: Failure, scene: DialogScene): string {
  const { code, field, reason, retryAfter, account } = failure;
  const { name, expected } = scene.provider;
  if (code === "account_mismatch" && account)
    return describeOtherAccount(account, { code, name, ...(expected !== undefined && { expected }) });
  if (reason !== undefined) return loginReasonSentences[reason](name);
  if (code === "too_many_requests" && field !== undefined && retryAfter !== undefined) return describeTooMany(scene);
  const own = code === null ? undefined : dialogSentences[code];
  if (own) return own(scene, field);
  return (retryAfter === undefined ? describeFailure : describeCause)(failure, name);
}

function describeTooMany({ step }: DialogScene): string {
  const isPassword = step?.type === "ask" && step.question.input === "password";
  return `Too many wrong ${isPassword ? "passwords" : "codes"}.`;
}

/** Says what went wrong, with the time to wait, because a screen reader does not read the countdown. */
export function describeFailureAloud(failure: Failure, scene: DialogScene): string {
  const text = describeDialogFailure(failure, scene);
  const { code, retryAfter } = failure;
  return code === "too_many_requests" && retryAfter !== undefined
    ? `${text} Try again in ${formatDuration(retryAfter)}.`
    : text;
}

/** The step before and after a change. `resent`: the provider sent a new code. */
export interface StepChange {
  before: PendingStep | undefined;
  after: PendingStep;
  resent: boolean;
}

/** Announces a step. Nothing is announced where one code to scan replaces another. */
export function describeNewStep({ before, after, resent }: StepChange, { name }: DialogProvider): string | undefined {
  if (after.type === "scan")
    return before?.type === "scan" ? undefined : `A code is on your screen. Scan it with ${name} on your phone.`;
  if (after.rejected) return describeRejection(after);
  if (resent) return "A new code is on its way.";
  const next = `Next: ${sanitize(after.question.label)}.`;
  return before?.type === "scan" ? `Scanned. ${next}` : next;
}

/** Says what was wrong with the last answer, and how many attempts are left. */
export function describeRejection({ rejected, attemptsLeft }: QuestionStep): string | undefined {
  if (!rejected) return undefined;
  const left =
    attemptsLeft === undefined ? "" : ` ${attemptsLeft} ${attemptsLeft === 1 ? "attempt" : "attempts"} left.`;
  return `${describeFailure({ code: rejected })}${left}`;
}

/** Writes a label for the middle of a sentence. */
export function lowercaseLabel(label: string): string {
  const text = sanitize(label);
  return text.charAt(0).toLowerCase() + text.slice(1);
}
