import type { FormValues } from "../cards/form-values.ts";
import type { Failure } from "../sentences.ts";
import { type DialogProvider, describeFailureAloud, describeNewStep } from "./dialog-messages.ts";
import type { DialogMethod, PendingStep } from "./step-types.ts";

/** What the API is asked for: an attempt, the next step for an answer, or a new code from the provider. */
export type DialogRequest =
  | { type: "begin"; values: FormValues }
  | { type: "answer"; attempt: string; values: FormValues }
  | { type: "resend"; attempt: string };

/** One attempt, as the dialog shows it. */
export interface DialogState {
  /** What the last attempt was started with. */
  startedWith: FormValues;
  /** Undefined until the API has answered the start. */
  step: PendingStep | undefined;
  /** The request that the API has not answered yet. The page sends each request object once. */
  request: DialogRequest | undefined;
  /** Why the last request failed. */
  failure: Failure | undefined;
  /** The attempt has ended without a connection. The user can start again. */
  over: boolean;
  /** No request is accepted before this time, in milliseconds since 1970. */
  blockedUntil: number | undefined;
  /** The user asked for a new code, and the provider sent one. */
  resent: boolean;
  /** What a screen reader says. Each announcement is a new object. */
  announcement: { text: string } | undefined;
}

/**
 * What happens to an attempt. `request` is the request that the API answered; steps that come by the stream or by polling
 * have none. Times are in milliseconds since 1970.
 */
export type DialogAction =
  | { type: "shown" }
  | { type: "submitted"; request: DialogRequest; now: number }
  | { type: "received"; step: PendingStep; request?: DialogRequest | undefined }
  | { type: "failed"; failure: Failure; now: number; request?: DialogRequest | undefined }
  | { type: "unblocked" }
  | { type: "restarted" };

/** How and with which provider the attempt connects. Stays the same for the life of a dialog. */
export interface DialogContext {
  method: DialogMethod;
  provider: DialogProvider;
}

/** The state before an attempt was started. */
export const initialDialogState: DialogState = {
  startedWith: {},
  step: undefined,
  request: undefined,
  failure: undefined,
  over: false,
  blockedUntil: undefined,
  resent: false,
  announcement: undefined,
};

/** Builds the pure function that holds all rules of the dialog. It sends nothing: the page sends `state.request`. */
export function createDialogReducer(context: DialogContext) {
  return (state: DialogState, action: DialogAction): DialogState => {
    switch (action.type) {
      case "shown":
        return state.step || state.failure ? state : beginUnasked(state, context);
      case "submitted":
        if (state.blockedUntil !== undefined && state.blockedUntil > action.now) return state;
        return acceptRequest(state, action.request);
      case "received":
        return isStale(state, action.request) ? state : applyStep(state, action.step, context);
      case "failed":
        return isStale(state, action.request) ? state : applyFailure(state, action, context);
      case "unblocked":
        return withAnnouncement({ ...state, blockedUntil: undefined, failure: undefined }, "You can try again now.");
      case "restarted":
        return beginUnasked({ ...initialDialogState, startedWith: state.startedWith }, context);
    }
  };
}

/** A start that asks the user for nothing is requested by the dialog itself. */
function beginUnasked(state: DialogState, { method, provider }: DialogContext): DialogState {
  const asksNothing = method === "scan" || provider.fields.length === 0;
  return asksNothing ? acceptRequest(state, { type: "begin", values: {} }) : state;
}

/** Takes one request at a time. A second press while the first is under way changes nothing. */
function acceptRequest(state: DialogState, request: DialogRequest): DialogState {
  if (state.request) return state;
  const startedWith = request.type === "begin" ? request.values : state.startedWith;
  const text = request.type === "answer" ? "Checking…" : "One moment…";
  return withAnnouncement({ ...state, startedWith, request, failure: undefined, resent: false }, text);
}

/** The API answered a request from before the user started again. */
const isStale = (state: DialogState, request: DialogRequest | undefined): boolean =>
  request !== undefined && request !== state.request;

function applyStep(before: DialogState, step: PendingStep, { provider }: DialogContext): DialogState {
  const { startedWith, announcement, request } = before;
  const resent = request?.type === "resend";
  const after: DialogState = { ...initialDialogState, startedWith, announcement, step, resent };
  return withAnnouncement(after, describeNewStep({ before: before.step, after: step, resent }, provider));
}

function applyFailure(
  before: DialogState,
  { failure, now }: { failure: Failure; now: number },
  context: DialogContext,
) {
  const { step, request } = before;
  const over = step !== undefined && endsAttempt(failure, step);
  // Polling failed while the code can still be scanned: the next poll may work, so the user need not know.
  if (!request && !over && step?.type === "scan" && Date.parse(step.until) > now) return before;
  const { code, retryAfter } = failure;
  const isBlocked = request && code === "too_many_requests" && retryAfter !== undefined;
  const blockedUntil = isBlocked ? now + retryAfter * 1000 : undefined;
  const after: DialogState = { ...before, failure, request: undefined, over, blockedUntil };
  // Repeated polls fail for the same cause. It is announced once.
  if (before.failure?.code === code) return after;
  return withAnnouncement(after, describeFailureAloud(failure, { ...context, step }));
}

const temporaryFailures: ReadonlySet<string> = new Set([
  "provider_unavailable",
  "database_unavailable",
  "too_many_requests",
]);

/** Whether the failure ends the attempt. Otherwise the user can answer the same question, or scan the same code. */
function endsAttempt({ code, field }: Failure, step: PendingStep): boolean {
  if (code === null || temporaryFailures.has(code)) return false;
  if (step.type === "scan") return true;
  if (code === "code_expired") return !step.question.resend;
  return code !== "code_rejected" && code !== "password_rejected" && field !== step.question.name;
}

function withAnnouncement(state: DialogState, text: string | undefined): DialogState {
  return text === undefined ? state : { ...state, announcement: { text } };
}
