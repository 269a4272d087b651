import { describe, expect, it } from "vitest";
import type { Failure, FailureCode } from "../sentences.ts";
import { createDialogReducer, type DialogAction, type DialogState, initialDialogState } from "./reducer.ts";
import type { PendingStep, QuestionStep } from "./step-types.ts";

const now = Date.parse("2026-11-27T10:00:00.000Z");
const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString();

const phone = { name: "phone", label: "Phone number", input: "tel" } as const;
const provider = { name: "Telegram", fields: [phone] };
const asking = createDialogReducer({ method: "ask", provider });
const scanning = createDialogReducer({ method: "scan", provider });

const codeQuestion: QuestionStep = {
  type: "ask",
  attempt: "a",
  question: { name: "code", label: "Code", input: "numeric", length: 5 },
  expiresAt: at(600),
};
const scanStep = (validSeconds = 30): PendingStep => ({
  type: "scan",
  attempt: "a",
  code: "tg://login?token=x",
  until: at(validSeconds),
  expiresAt: at(600),
});

type Reducer = typeof asking;

/** Applies actions one after the other. An action may depend on the state before it. */
const apply = (
  reducer: Reducer,
  actions: (DialogAction | ((state: DialogState) => DialogAction))[],
  from = initialDialogState,
): DialogState =>
  actions.reduce<DialogState>(
    (state, action) => reducer(state, typeof action === "function" ? action(state) : action),
    from,
  );

const begin: DialogAction = { type: "submitted", request: { type: "begin", values: { phone: "+44" } }, now };
const answer: DialogAction = {
  type: "submitted",
  request: { type: "answer", attempt: "a", values: { code: "1" } },
  now,
};
const resend: DialogAction = { type: "submitted", request: { type: "resend", attempt: "a" }, now };
const receive =
  (step: PendingStep) =>
  (state: DialogState): DialogAction => ({
    type: "received",
    step,
    request: state.request,
  });
const refuse =
  (failure: Failure) =>
  (state: DialogState): DialogAction => ({
    type: "failed",
    failure,
    request: state.request,
    now,
  });
const asked = apply(asking, [begin, receive(codeQuestion)]);
const scanned = apply(scanning, [{ type: "shown" }, receive(scanStep())]);

describe("the start of an attempt", () => {
  it("is requested by the dialog itself where the user scans a code, once for two effects of StrictMode", () => {
    const first = apply(scanning, [{ type: "shown" }]);
    expect(first.request).toEqual({ type: "begin", values: {} });
    expect(apply(scanning, [{ type: "shown" }], first)).toBe(first);
  });

  it("is requested by the dialog itself where the provider needs no fields", () => {
    const reducer = createDialogReducer({ method: "ask", provider: { name: "Telegram", fields: [] } });
    expect(apply(reducer, [{ type: "shown" }]).request).toEqual({ type: "begin", values: {} });
  });

  it("waits for the user where the provider needs fields", () => {
    expect(apply(asking, [{ type: "shown" }])).toBe(initialDialogState);
  });

  it("keeps the values for a start after it", () => {
    expect(asked.startedWith).toEqual({ phone: "+44" });
    expect(apply(asking, [{ type: "restarted" }], asked)).toEqual({
      ...initialDialogState,
      startedWith: { phone: "+44" },
    });
  });

  it("is requested again by a restart where the user scans a code", () => {
    const restarted = apply(scanning, [{ type: "restarted" }], scanned);
    expect(restarted).toMatchObject({ step: undefined, request: { type: "begin" } });
  });
});

describe("a request", () => {
  it("is accepted once: a second press while it is under way changes nothing", () => {
    const first = apply(asking, [answer], asked);
    expect(first.request?.type).toBe("answer");
    expect(apply(asking, [answer], first)).toBe(first);
    expect(apply(asking, [resend], first)).toBe(first);
  });

  it("removes the failure of the request before it", () => {
    const failed = apply(asking, [answer, refuse({ code: "code_rejected" })], asked);
    expect(failed.failure).toEqual({ code: "code_rejected" });
    expect(apply(asking, [answer], failed).failure).toBeUndefined();
  });

  it("from before a restart has no effect when its answer comes", () => {
    const sent = apply(asking, [answer], asked);
    const restarted = apply(asking, [{ type: "restarted" }], sent);
    const late = { request: sent.request, now };
    expect(apply(asking, [{ type: "received", step: codeQuestion, ...late }], restarted)).toBe(restarted);
    expect(apply(asking, [{ type: "failed", failure: { code: "internal" }, ...late }], restarted)).toBe(restarted);
  });

  it("is not accepted before the time until which the API blocks it", () => {
    const blocked = apply(asking, [answer, refuse({ code: "too_many_requests", retryAfter: 60 })], asked);
    expect(blocked).toMatchObject({ blockedUntil: now + 60_000, over: false, request: undefined });
    expect(apply(asking, [answer], blocked)).toBe(blocked);
    const unblocked = apply(asking, [{ type: "unblocked" }], blocked);
    expect(unblocked).toMatchObject({
      blockedUntil: undefined,
      failure: undefined,
      announcement: { text: "You can try again now." },
    });
    expect(apply(asking, [answer], unblocked).request?.type).toBe("answer");
  });
});

describe("a failure", () => {
  it.each<[FailureCode, Partial<Failure>, boolean]>([
    ["code_rejected", {}, false],
    ["password_rejected", {}, false],
    ["code_expired", {}, true],
    ["attempt_unknown", {}, true],
    ["account_mismatch", {}, true],
    ["provider_unavailable", {}, false],
    ["database_unavailable", {}, false],
    ["too_many_requests", {}, false],
    ["invalid_request", { field: "code" }, false],
    ["invalid_request", { field: "other" }, true],
  ])("%s %j while a question is open: over is %s", (code, more, over) => {
    expect(apply(asking, [answer, refuse({ code, ...more })], asked).over).toBe(over);
  });

  it("code_expired leaves the question open where a new code can be asked for", () => {
    const question = { ...codeQuestion.question, resend: true };
    const resendable = apply(asking, [begin, receive({ ...codeQuestion, question })]);
    expect(apply(asking, [answer, refuse({ code: "code_expired" })], resendable).over).toBe(false);
  });

  it("of a poll is not shown while the code can still be scanned", () => {
    const poll: DialogAction = { type: "failed", failure: { code: "provider_unavailable" }, now };
    expect(apply(scanning, [poll], scanned)).toBe(scanned);
  });

  it("of a poll is shown and announced once after the code has run out", () => {
    const poll: DialogAction = { type: "failed", failure: { code: "provider_unavailable" }, now: now + 31_000 };
    const failed = apply(scanning, [poll], scanned);
    expect(failed.failure?.code).toBe("provider_unavailable");
    expect(failed.announcement?.text).toContain("Telegram cannot be reached right now.");
    expect(apply(scanning, [poll], failed).announcement).toBe(failed.announcement);
    expect(apply(scanning, [{ type: "received", step: scanStep(60) }], failed).failure).toBeUndefined();
  });

  it("of a poll blocks no request of the user", () => {
    const poll: DialogAction = {
      type: "failed",
      failure: { code: "too_many_requests", retryAfter: 9 },
      now: now + 31_000,
    };
    expect(apply(scanning, [poll], scanned).blockedUntil).toBeUndefined();
  });

  it("that ends the attempt is shown although the code could still be scanned", () => {
    const failure: Failure = { code: "account_mismatch" };
    expect(apply(scanning, [{ type: "failed", failure, now }], scanned)).toMatchObject({ over: true, failure });
  });
});

describe("an announcement", () => {
  it.each<[string, DialogState, string]>([
    ["a request", apply(asking, [begin]), "One moment…"],
    ["an answer", apply(asking, [answer], asked), "Checking…"],
    ["a code to scan", scanned, "A code is on your screen. Scan it with Telegram on your phone."],
    ["a question", asked, "Next: Code."],
    ["a question after a scan", apply(scanning, [receive(codeQuestion)], scanned), "Scanned. Next: Code."],
    ["a new code", apply(asking, [resend, receive(codeQuestion)], asked), "A new code is on its way."],
    [
      "a rejected answer",
      apply(asking, [answer, receive({ ...codeQuestion, rejected: "code_rejected", attemptsLeft: 1 })], asked),
      "That code is not right. Check it and type it again. 1 attempt left.",
    ],
    [
      "a failure",
      apply(scanning, [{ type: "failed", failure: { code: "attempt_unknown" }, now }], scanned),
      "Nobody scanned the code in time. Please start again.",
    ],
  ])("is made for %s", (_, state, text) => {
    expect(state.announcement?.text).toBe(text);
  });

  it("is not made where one code to scan replaces another", () => {
    const next = apply(scanning, [{ type: "received", step: scanStep(60) }], scanned);
    expect(next.step).toEqual(scanStep(60));
    expect(next.announcement).toBe(scanned.announcement);
  });
});

it("a new code is shown as such until the next request", () => {
  const resent = apply(asking, [resend, receive(codeQuestion)], asked);
  expect(resent.resent).toBe(true);
  expect(apply(asking, [answer], resent).resent).toBe(false);
});
