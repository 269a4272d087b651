import { z } from "zod";

const count = z.number().int().nonnegative();

/** How patient Telegram is here. What Telegram itself allows is not documented, and not constant. */
export const telegramSwitches = z.strictObject({
  /** Login codes for one number within ten minutes, repeated requests included; then FLOOD_WAIT. */
  codesPerPhone: count.default(10),
  /** Wrong answers to one code; then it has expired. */
  codeAttempts: count.default(5),
  /** Wrong passwords of one person within ten minutes; then FLOOD_WAIT. */
  passwordAttempts: count.default(5),
});

export type TelegramSwitches = z.infer<typeof telegramSwitches>;
