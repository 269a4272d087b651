import { z } from "zod";
import { ConnectError } from "../errors.ts";
import type { ProviderState } from "../provider.ts";
import type { CodeDelivery } from "./gateway.ts";

const deliveries = [
  "app",
  "sms",
  "word",
  "phrase",
  "call",
  "flash call",
  "missed call",
  "e-mail",
  "fragment",
  "other",
] as const satisfies readonly CodeDelivery[];

const code = z.object({
  step: z.literal("code"),
  session: z.string(),
  phone: z.string(),
  hash: z.string(),
  delivery: z.enum(deliveries),
  length: z.string().optional(),
  clue: z.string().optional(),
  link: z.string().optional(),
  another: z.enum(["yes", "no"]),
  /** ISO 8601. */
  anotherAt: z.string().optional(),
});
const password = z.object({
  step: z.literal("password"),
  session: z.string(),
  subject: z.string(),
  hint: z.string().optional(),
});
const scan = z.object({
  step: z.literal("scan"),
  session: z.string(),
  /** What the code that is shown holds, as base64url. */
  token: z.string().default(""),
});
const shape = z.discriminatedUnion("step", [code, password, scan]);

/** What a login leaves itself: all that another process needs for the next step. */
export type LoginState = z.infer<typeof shape>;
export type CodeState = z.infer<typeof code>;
export type PasswordState = z.infer<typeof password>;
export type ScanState = z.infer<typeof scan>;

export function parseLoginState(notes: ProviderState): LoginState {
  const parsed = shape.safeParse(notes);
  if (parsed.success) return parsed.data;
  throw new ConnectError("attempt_unknown", "the notes of a Telegram login are of another version");
}

/** Notes as they are kept: what is absent is left out. */
export function buildLoginState(notes: LoginState): ProviderState {
  return Object.fromEntries(
    Object.entries(notes).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}
