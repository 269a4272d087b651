import { randomInt } from "node:crypto";
import type { TlObject } from "../rpc.ts";

/**
 * How a login code reaches a person: https://core.telegram.org/type/auth.SentCodeType. `email setup`: no code is sent,
 * for the account wants a login e-mail first.
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

export type CodeType = (typeof codeTypes)[number];

/** How many digits a code has. */
export const codeLength = 5;

const callers = "+4930901820";
const digitsOf = (count: number): string => String(randomInt(10 ** count)).padStart(count, "0");
const words = ["lantern", "harbour", "walnut", "thicket", "ember", "saffron", "quarry", "meadow"] as const;
const anyWord = (): string => words[randomInt(words.length)] ?? words[0];

/** A new code of a type, as the person would type it. */
export function mintCode(type: CodeType): string {
  if (type === "word") return anyWord();
  if (type === "phrase") return `${anyWord()} beside the ${anyWord()}`;
  if (type === "flash call") return `${callers.slice(1)}${digitsOf(codeLength)}`;
  return digitsOf(codeLength);
}

interface Sent {
  readonly type: CodeType;
  readonly code: string;
  /** The length that is announced; 0 where Telegram does not say. */
  readonly length: number;
}

/** What Telegram says of a code that it sent. */
export function sentCodeType({ type, code, length }: Sent): TlObject {
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
