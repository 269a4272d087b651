import { plainText } from "./digits.ts";
import type { CodeState } from "./login-state.ts";

/**
 * The code in what somebody typed or pasted, as Telegram wants it. Undefined where no code can be meant: then nothing is
 * sent, for a wrong answer costs one of few attempts.
 */
export function parseTypedCode({ delivery, length, clue }: CodeState, typed: string): string | undefined {
  const text = plainText(typed);
  if (delivery === "word" || delivery === "phrase") return spokenCode(text.replace(/\s+/gu, " "), clue);
  if (delivery === "flash call") return callingNumber(text.replace(/\D/g, ""), clue);
  return digitsOf(text, length === undefined ? undefined : Number(length));
}

/** A telephone begins a line with a capital; Telegram says how the word begins. */
function spokenCode(text: string, beginning = ""): string | undefined {
  if (text === "" || !text.toLowerCase().startsWith(beginning.toLowerCase())) return undefined;
  return beginning + text.slice(beginning.length);
}

/** The number that called, of which the last digits will do: the pattern (`+4930901820*****`) has the others. */
function callingNumber(digits: string, pattern = ""): string | undefined {
  const known = pattern.replace(/\D/g, "");
  const hidden = pattern.replace(/[^*]/g, "").length;
  if (hidden === 0) return digits || undefined;
  return digits.length >= hidden ? known + digits.slice(-hidden) : undefined;
}

/** The digits alone, or, out of a whole message, the one group that is as long as the code. */
function digitsOf(text: string, length: number | undefined): string | undefined {
  const all = text.replace(/\D/g, "");
  if (length === undefined) return all || undefined;
  if (all.length === length) return all;
  const groups = (text.match(/\d+(?:[ -]\d+)*/g) ?? []).map((group) => group.replace(/\D/g, ""));
  const [meant, ...others] = groups.filter((group) => group.length === length);
  return others.length === 0 ? meant : undefined;
}
