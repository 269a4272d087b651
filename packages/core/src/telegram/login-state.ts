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
const loginState = z.discriminatedUnion("step", [code, password, scan]);

/** What a login leaves itself: all that another process needs for the next step. */
export type LoginState = z.infer<typeof loginState>;
/** A code was sent and is asked for. */
export type CodeState = z.infer<typeof code>;
/** The account's password is asked for. */
export type PasswordState = z.infer<typeof password>;
/** A code to scan is shown. */
export type ScanState = z.infer<typeof scan>;

/** Parses the state of a login. Throws `attempt_unknown` for one of another version. */
export function parseLoginState(state: ProviderState): LoginState {
  const parsed = loginState.safeParse(state);
  if (parsed.success) return parsed.data;
  throw new ConnectError("attempt_unknown", "the state of a Telegram login is of another version");
}

/** Builds the state as it is stored: what is absent is left out. */
export function buildLoginState(state: LoginState): ProviderState {
  return Object.fromEntries(
    Object.entries(state).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}
