import type { ProviderCard, AttemptView } from "@patchbay/api/router";

/** The state of an attempt: a step that waits for the user, or the connection that it led to. */
export type AttemptStep = AttemptView;

/** A question for the user. */
export type QuestionStep = Extract<AttemptStep, { type: "ask" }>;

/** A code that the user scans with another device. */
export type ScanStep = Extract<AttemptStep, { type: "scan" }>;

/** A step that waits for the user. */
export type PendingStep = QuestionStep | ScanStep;

/** How the dialog can start an attempt. A redirect leaves the page, so it needs no dialog. */
export type DialogMethod = Exclude<ProviderCard["methods"][number], "redirect">;
