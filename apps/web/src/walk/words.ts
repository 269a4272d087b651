import { uncoded } from "../cards/answers.ts";
import { inert } from "../inert.ts";
import { duration, type Failure, type FailureCode, happening, sentence, signedInAs } from "../sentences.ts";
import { reasons } from "./reasons.ts";
import type { Question, Waiting, Way } from "./step.ts";
import type { View } from "./view.ts";

/** Whom the walk is with. */
export interface Asker {
  name: string;
  fields: readonly Question[];
  /** The label of the account that is to be renewed. */
  expected?: string;
}

interface Scene {
  way: Way;
  step: Waiting | undefined;
  provider: Asker;
}

/** What a failure means where the user was sent nowhere, and sees what was asked. The others mean what they always do. */
const inDialog: Partial<Record<FailureCode, (scene: Scene, field: string | undefined) => string>> = {
  invalid_request: ({ step, provider }, field) => {
    const asked = step?.type === "ask" ? step.question : provider.fields.find(({ name }) => name === field);
    if (asked?.input === "tel") return `We cannot use this number. ${uncoded}`;
    return asked ? `We cannot use this ${small(asked.label)}. Check it and type it again.` : "Please start again.";
  },
  access_denied: ({ way, provider: { name, fields } }) =>
    way === "ask" && fields[0]
      ? `${name} has no account for this ${small(fields[0].label)}, or does not let it connect here.`
      : `${name} does not let this account connect here.`,
  code_expired: ({ step }) =>
    step?.type === "ask" && step.question.resend
      ? "This code ran out. Ask for a new one."
      : "The time ran out. Please start again.",
  attempt_unknown: ({ step }) =>
    `${step?.type === "scan" ? "Nobody scanned the code in time." : "This attempt is over."} Please start again.`,
};

export function said(failure: Failure, scene: Scene): string {
  const { code, field, reason, retryAfter, account } = failure;
  const { name, expected } = scene.provider;
  if (code === "account_mismatch" && account)
    return signedInAs(account, { code, name, ...(expected !== undefined && { expected }) });
  if (reason !== undefined) return reasons[reason](name);
  if (code === "too_many_requests" && field !== undefined && retryAfter !== undefined) return tooManyWrong(scene);
  const own = code === null ? undefined : inDialog[code];
  if (own) return own(scene, field);
  return (retryAfter === undefined ? sentence : happening)(failure, name);
}

function tooManyWrong({ step }: Scene): string {
  const isPassword = step?.type === "ask" && step.question.input === "password";
  return `Too many wrong ${isPassword ? "passwords" : "codes"}.`;
}

/** The same where no clock can be seen. */
export function inWords(failure: Failure, scene: Scene): string {
  const text = said(failure, scene);
  const { code, retryAfter } = failure;
  return code === "too_many_requests" && retryAfter !== undefined
    ? `${text} Try again in ${duration(retryAfter)}.`
    : text;
}

/** What to say when a step has come. Nothing where only the drawing changed. */
export function changed({ step: before }: View, { step, renewed }: View, { name }: Asker): string | undefined {
  if (step?.type === "scan")
    return before?.type === "scan" ? undefined : `A code is on your screen. Scan it with ${name} on your phone.`;
  if (step === undefined) return undefined;
  if (step.rejected) return rejection(step);
  if (renewed) return "A new code is on its way.";
  const next = `Next: ${inert(step.question.label)}.`;
  return before?.type === "scan" ? `Scanned. ${next}` : next;
}

/** What was wrong with the last answer. */
export function rejection({ rejected, attemptsLeft }: Extract<Waiting, { type: "ask" }>): string | undefined {
  if (!rejected) return undefined;
  const left =
    attemptsLeft === undefined ? "" : ` ${attemptsLeft} ${attemptsLeft === 1 ? "attempt" : "attempts"} left.`;
  return `${sentence({ code: rejected })}${left}`;
}

/** A label inside a sentence. */
export function small(label: string): string {
  const text = inert(label);
  return text.charAt(0).toLowerCase() + text.slice(1);
}
