import { z } from "zod";
import { codeTypes } from "./code-types.ts";

const count = z.number().int().nonnegative();

/** The limits of the simulated Telegram. Telegram's own limits are not documented, and change. */
export const telegramSwitches = z.strictObject({
  /** Login codes for one number within ten minutes, repeated requests included. After that comes FLOOD_WAIT. */
  codesPerPhone: count.default(10),
  /** Wrong answers to one code. After that the code has expired. */
  codeAttempts: count.default(5),
  /** Wrong passwords of one person within ten minutes. After that comes FLOOD_WAIT. */
  passwordAttempts: count.default(5),
  /** How codes are sent. By default: to the Telegram app, or by SMS to a number without an account. */
  codeType: z.enum(codeTypes).optional(),
  /** The length that is announced with a code; 0 announces none. By default the real length. */
  announcedLength: count.optional(),
  /** The announced number of seconds until the client may ask for the next way to send the code. */
  resendAfter: count.optional(),
  /** Clients of older layers get UPDATE_APP_TO_LOGIN. */
  oldestLayer: count.default(0),
});

/** Telegram's switches. */
export type TelegramSwitches = z.infer<typeof telegramSwitches>;
