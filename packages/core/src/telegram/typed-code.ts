import { plainText } from "./digits.ts";
import type { CodeState } from "./login-state.ts";

/**
 * The code in what somebody typed or pasted, as Telegram wants it. Undefined where no code can be meant: then nothing is
 * sent, for a wrong answer costs one of few attempts.
 */
export function parseTypedCode({ delivery, length, clue }: CodeState, typed: string): string | undefined {
  const text = plainText(typed);
  if (delivery === "word" || delivery === "phrase") return parseSpokenCode(text.replace(/\s+/gu, " "), clue);
  if (delivery === "flash call") return parseCallingNumber(text.replace(/\D/g, ""), clue);
  return parseDigits(text, length === undefined ? undefined : Number(length));
}

/** A telephone begins a line with a capital; Telegram says how the word begins. */
function parseSpokenCode(text: string, beginning = ""): string | undefined {
  if (text === "" || !text.toLowerCase().startsWith(beginning.toLowerCase())) return undefined;
  return beginning + text.slice(beginning.length);
}

/** The number that called, of which the last digits will do: the pattern (`+4930901820*****`) has the others. */
function parseCallingNumber(digits: string, pattern = ""): string | undefined {
  const shownDigits = pattern.replace(/\D/g, "");
  const hiddenCount = pattern.replace(/[^*]/g, "").length;
  if (hiddenCount === 0) return digits || undefined;
  return digits.length >= hiddenCount ? shownDigits + digits.slice(-hiddenCount) : undefined;
}

/** The digits alone, or, out of a whole message, the one group that is as long as the code. */
function parseDigits(text: string, length: number | undefined): string | undefined {
  const digits = text.replace(/\D/g, "");
  if (length === undefined) return digits || undefined;
  if (digits.length === length) return digits;
  const groups = (text.match(/\d+(?:[ -]\d+)*/g) ?? []).map((group) => group.replace(/\D/g, ""));
  const [match, ...others] = groups.filter((group) => group.length === length);
  return others.length === 0 ? match : undefined;
}
