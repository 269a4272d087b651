import { z } from "zod";
import type { Step } from "../provider.ts";
import type { Connection } from "./attempts.ts";

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
const shown = z.discriminatedUnion("type", [asking, scanning]);

/** What the user was last asked, or given to scan. Times are ISO 8601. */
export type Shown = z.infer<typeof shown>;

/** A walk as its user sees it. `attempt` names it, and is a secret of the user. */
export type View = (Shown & { attempt: string; expiresAt: string }) | { type: "connected"; connection: Connection };

/** A step that waits for the user. */
export type Waiting = Extract<Step, { type: "ask" | "scan" }>;

export function readShown(text: string): Shown {
  return shown.parse(JSON.parse(text));
}

export function show(waiting: Waiting, attemptsLeft?: number): Shown {
  if (waiting.type === "scan") return { type: "scan", code: waiting.code, until: waiting.until.toISOString() };
  return {
    type: "ask",
    question: waiting.question,
    ...(waiting.rejected && { rejected: waiting.rejected }),
    ...(attemptsLeft !== undefined && { attemptsLeft }),
  };
}
