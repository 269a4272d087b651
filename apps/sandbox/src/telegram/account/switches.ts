import { z } from "zod";
import { codeTypes } from "./code-types.ts";

const count = z.number().int().nonnegative();

/** How patient Telegram is here. What Telegram itself allows is not documented, and not constant. */
export const telegramSwitches = z.strictObject({
  /** Login codes for one number within ten minutes, repeated requests included; then FLOOD_WAIT. */
  codesPerPhone: count.default(10),
  /** Wrong answers to one code; then it has expired. */
  codeAttempts: count.default(5),
  /** Wrong passwords of one person within ten minutes; then FLOOD_WAIT. */
  passwordAttempts: count.default(5),
  /** How codes travel. Without it: to the Telegram app, or by SMS where there is no account. */
  codeType: z.enum(codeTypes).optional(),
  /** The length that is announced with a code; 0 says nothing. Without it: the true one. */
  announcedLength: count.optional(),
  /** Seconds after which the next way to send a code may be asked for, as announced. */
  resendAfter: count.optional(),
  /** Clients of older layers have to be updated before they may log in (UPDATE_APP_TO_LOGIN). */
  oldestLayer: count.default(0),
});

export type TelegramSwitches = z.infer<typeof telegramSwitches>;
