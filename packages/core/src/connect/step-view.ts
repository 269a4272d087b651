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

const askView = z.object({
  type: z.literal("ask"),
  question,
  rejected: z.enum(["code_rejected", "password_rejected"]).exactOptional(),
  attemptsLeft: z.number().exactOptional(),
});
const scanView = z.object({ type: z.literal("scan"), code: z.string(), until: z.string() });
const returnView = z.object({ type: z.literal("return"), to: z.string() });
const stepView = z.discriminatedUnion("type", [askView, scanView, returnView]);

/**
 * The question or the code to scan that the user sees; or where the browser goes back to once the login is finished, in a
 * connect session. Times are ISO 8601.
 */
export type StepView = z.infer<typeof stepView>;

/** An attempt as its user sees it. `attempt` is its id, a secret of the user. */
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
export function buildStepView(step: WaitingStep, attemptsLeft?: number): StepView {
  if (step.type === "scan") return { type: "scan", code: step.code, until: step.until.toISOString() };
  return {
    type: "ask",
    question: step.question,
    ...(step.rejected && { rejected: step.rejected }),
    ...(attemptsLeft !== undefined && { attemptsLeft }),
  };
}
