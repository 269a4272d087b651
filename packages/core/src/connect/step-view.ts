import { z } from "zod";
import type { Step } from "../provider.ts";
import type { Connection } from "./attempt-store.ts";

const question = z.object({
  name: z.string(),
  label: z.string(),
  hint: z.string().exactOptional(),
  placeholder: z.string().exactOptional(),
  autocomplete: z.string().exactOptional(),
  suffix: z.string().exactOptional(),
  input: z.enum(["text", "tel", "numeric", "password"]).exactOptional(),
  length: z.number().exactOptional(),
  link: z.string().exactOptional(),
  resend: z.boolean().exactOptional(),
  resendAt: z.string().exactOptional(),
});

const asking = z.object({
  type: z.literal("ask"),
  question,
  rejected: z.enum(["code_rejected", "password_rejected"]).exactOptional(),
  attemptsLeft: z.number().exactOptional(),
});
const scanning = z.object({ type: z.literal("scan"), code: z.string(), until: z.string() });
const stepView = z.discriminatedUnion("type", [asking, scanning]);

/** What the user was last asked, or given to scan. Times are ISO 8601. */
export type StepView = z.infer<typeof stepView>;

/** A login as its user sees it. `attempt` names it, and is a secret of the user. */
export type AttemptView =
  | (StepView & { attempt: string; expiresAt: string })
  | { type: "connected"; connection: Connection };

/** A step that waits for the user. */
export type WaitingStep = Extract<Step, { type: "ask" | "scan" }>;

/** Parses a view that was stored as JSON. */
export function parseStepView(text: string): StepView {
  return stepView.parse(JSON.parse(text));
}

/** Builds the view of a step; `attemptsLeft` is how many answers may still be wrong. */
export function buildStepView(waiting: WaitingStep, attemptsLeft?: number): StepView {
  if (waiting.type === "scan") return { type: "scan", code: waiting.code, until: waiting.until.toISOString() };
  return {
    type: "ask",
    question: waiting.question,
    ...(waiting.rejected && { rejected: waiting.rejected }),
    ...(attemptsLeft !== undefined && { attemptsLeft }),
  };
}
