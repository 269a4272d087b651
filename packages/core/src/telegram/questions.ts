import type { Question } from "../provider.ts";
import type { CodeDelivery } from "./gateway.ts";
import type { CodeState, PasswordState } from "./login-state.ts";

/** Asks for the phone number, with which a login begins. */
export const phoneQuestion: Question = {
  name: "phone",
  label: "Phone number",
  hint: "With the country code, for example +44 7700 900123. Telegram sends a code to it.",
  placeholder: "+44 7700 900123",
  input: "tel",
  autocomplete: "tel",
};

type Wording = Pick<Question, "label" | "hint">;

const wordings: Readonly<Record<CodeDelivery, (clue: string) => Wording>> = {
  app: () => ({
    label: "Code from your Telegram app",
    hint: "Telegram sent it as a message, to the devices on which you are signed in. It does not come by SMS.",
  }),
  sms: () => ({ label: "Code from the SMS" }),
  word: (beginning) => ({ label: "Word from the SMS", ...(beginning && { hint: `It begins with “${beginning}”.` }) }),
  phrase: (beginning) => ({
    label: "Phrase from the SMS",
    ...(beginning && { hint: `It begins with “${beginning}”.` }),
  }),
  call: () => ({ label: "Code from the phone call" }),
  "flash call": (pattern) => ({
    label: "Number that calls you",
    hint: pattern
      ? `Telegram calls and hangs up. The number looks like ${pattern}: type its last digits.`
      : "Telegram calls and hangs up. Type the number that called.",
  }),
  "missed call": () => ({
    label: "Last digits of the number that calls",
    hint: "You get a call. There is no need to answer it.",
  }),
  "e-mail": (address) => ({ label: address ? `Code from the e-mail to ${address}` : "Code from the e-mail" }),
  fragment: () => ({
    label: "Code from Fragment",
    hint: "Your number is an anonymous one. Its codes arrive at fragment.com.",
  }),
  other: () => ({ label: "Login code", hint: "Telegram has sent it to you." }),
};

/** Asks for the code, in the words of the way in which Telegram sent it. */
export function codeQuestion({ delivery, clue = "", length, link, another, anotherAt }: CodeState): Question {
  const isSpoken = delivery === "word" || delivery === "phrase";
  return {
    name: "code",
    ...wordings[delivery](clue),
    input: isSpoken ? "text" : "numeric",
    autocomplete: "one-time-code",
    ...(length !== undefined && { length: Number(length) }),
    ...(link !== undefined && { link }),
    ...(another === "yes" && { resend: true }),
    ...(another === "yes" && anotherAt !== undefined && { resendAt: anotherAt }),
  };
}

/** Asks for the account's password, with the hint that its owner wrote. */
export function passwordQuestion({ hint }: PasswordState): Question {
  return {
    name: "password",
    label: "Telegram password",
    hint: hint ? `Your two-step verification password. Your hint: ${hint}` : "Your two-step verification password.",
    input: "password",
    // No password manager may fill in the password of this page, or keep Telegram's as such.
    autocomplete: "off",
  };
}
