import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { ConnectError } from "../errors.ts";
import { plainText } from "./digits.ts";

// Numbers that Fragment sells for Telegram alone. No numbering plan knows their length.
const anonymous = /^\+888\d{7,12}$/;

/**
 * A phone number as `+` and digits. The country code is required: with a guessed one, the code would go to a stranger.
 * Whether such a number was ever given out is Telegram's to say; numbering plans change faster than programs.
 */
export function parsePhone(text: string): string {
  const digits = plainText(text).replace(/^00/, "+");
  const compact = digits.replace(/[\s().-]/g, "");
  if (anonymous.test(compact)) return compact;
  const number = parsePhoneNumberFromString(digits, { extract: false });
  if (number === undefined || !number.isPossible() || number.ext !== undefined) {
    throw new ConnectError("invalid_request", "not an international phone number", { field: "phone" });
  }
  return number.number;
}
