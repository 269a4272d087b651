import type { Failure } from "../sentences.ts";
import type { Waiting } from "./step.ts";

/** A walk as it is shown. */
export interface View {
  /** Nothing: it has not begun. */
  step: Waiting | undefined;
  /** What is on its way to the API. */
  busy: "begin" | "answer" | "again" | undefined;
  /** What came of the last call. */
  failure: Failure | undefined;
  /** Nothing more can come of this attempt. */
  over: boolean;
  /** Nothing may be sent before this time, in milliseconds. */
  heldUntil: number | undefined;
  /** A new code was just asked for, and sent. */
  renewed: boolean;
}

export const blank: View = {
  step: undefined,
  busy: undefined,
  failure: undefined,
  over: false,
  heldUntil: undefined,
  renewed: false,
};

export function afterStep({ busy }: View, step: Waiting): View {
  return { ...blank, step, renewed: busy === "again" };
}

export function afterFailure(view: View, failure: Failure): View {
  const { code, retryAfter } = failure;
  return {
    ...view,
    failure,
    busy: undefined,
    over: view.step !== undefined && ends(failure, view.step),
    // A look of our own accord holds nobody up.
    heldUntil:
      view.busy !== undefined && code === "too_many_requests" && retryAfter !== undefined
        ? Date.now() + retryAfter * 1000
        : undefined,
  };
}

const passing: ReadonlySet<string> = new Set(["provider_unavailable", "database_unavailable", "too_many_requests"]);

/** Whether an attempt is over with this failure, or the same question or code still stands. */
function ends({ code, field }: Failure, step: Waiting): boolean {
  if (code === null || passing.has(code)) return false;
  if (step.type === "scan") return true;
  if (code === "code_expired") return !step.question.resend;
  return code !== "code_rejected" && code !== "password_rejected" && field !== step.question.name;
}

/** Whether a code can still be scanned. */
export const holds = (step: Waiting | undefined): boolean =>
  step?.type === "scan" && Date.parse(step.until) > Date.now();
