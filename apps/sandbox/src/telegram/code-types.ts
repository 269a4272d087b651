import { randomInt } from "node:crypto";
import type { TlObject } from "@patchbay/mtproto-server";

/**
 * How a login code reaches a person: https://core.telegram.org/type/auth.SentCodeType. `email setup`: no code is sent,
 * because the account needs a login e-mail first.
 */
export const codeTypes = [
  "app",
  "sms",
  "word",
  "phrase",
  "call",
  "flash call",
  "missed call",
  "email",
  "email setup",
  "fragment",
  "firebase",
] as const;

/** How a login code reaches a person. */
export type CodeType = (typeof codeTypes)[number];

/** The number of digits of a code. */
export const codeLength = 5;

const callers = "+4930901820";
const createDigits = (count: number): string => String(randomInt(10 ** count)).padStart(count, "0");
const words = ["lantern", "harbour", "walnut", "thicket", "ember", "saffron", "quarry", "meadow"] as const;
const pickWord = (): string => words[randomInt(words.length)] ?? words[0];

/** Creates a code of a type, as the person would type it. */
export function createCode(type: CodeType): string {
  if (type === "word") return pickWord();
  if (type === "phrase") return `${pickWord()} beside the ${pickWord()}`;
  if (type === "flash call") return `${callers.slice(1)}${createDigits(codeLength)}`;
  return createDigits(codeLength);
}

interface SentCode {
  readonly type: CodeType;
  readonly code: string;
  /** The announced length; 0 if Telegram does not announce it. */
  readonly length: number;
}

/** Builds what Telegram says about a code that it sent. */
export function buildSentCodeType({ type, code, length }: SentCode): TlObject {
  switch (type) {
    case "word":
      return { _: "auth.sentCodeTypeSmsWord", beginning: code.slice(0, 1) };
    case "phrase":
      return { _: "auth.sentCodeTypeSmsPhrase", beginning: code.split(" ")[0] };
    case "flash call":
      return { _: "auth.sentCodeTypeFlashCall", pattern: `${callers}${"*".repeat(codeLength)}` };
    case "missed call":
      return { _: "auth.sentCodeTypeMissedCall", prefix: callers.slice(1), length };
    case "email":
      return { _: "auth.sentCodeTypeEmailCode", emailPattern: "a***@example.com", length };
    case "email setup":
      return { _: "auth.sentCodeTypeSetUpEmailRequired" };
    case "fragment":
      return { _: "auth.sentCodeTypeFragmentSms", url: "https://fragment.com/my/numbers", length };
    case "app":
    case "sms":
    case "call":
    case "firebase":
      return { _: plainTypes[type], length };
  }
}

const plainTypes = {
  app: "auth.sentCodeTypeApp",
  sms: "auth.sentCodeTypeSms",
  call: "auth.sentCodeTypeCall",
  firebase: "auth.sentCodeTypeFirebaseSms",
} as const;
