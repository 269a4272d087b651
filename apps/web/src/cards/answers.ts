import type { ProviderCard } from "@patchbay/api/router";
import { tidyCode, tidyNumber } from "./tidy.ts";

export type Question = ProviderCard["fields"][number];

/**
 * What the user typed or pasted, as the answer to a question. A bare name gets the end that belongs to it:
 * `acme-goods.myshopify.com`. An address stays as it is: what can be made of it, the API judges.
 */
export function answerTo(question: Question, typed: string): string {
  if (question.input === "tel") return tidyNumber(typed);
  if (question.input === "numeric") return tidyCode(typed, lengthOf(question));
  const text = typed.trim();
  return question.suffix !== undefined && /^[\w-]+$/.test(text) ? `${text}${question.suffix}` : text;
}

/** How many characters an answer has. A length of 0 says as little as none. */
export const lengthOf = ({ length }: Question): number | undefined => length || undefined;

/** What is missing from an answer before it is worth sending. */
export function lackOf(question: Question, typed: string): string | undefined {
  if (!(question.input === "password" ? typed : typed.trim())) return "Please fill this in first.";
  const answer = question.input === "password" ? typed : answerTo(question, typed);
  if (question.input === "tel" && !answer.startsWith("+")) return uncoded;
  const length = lengthOf(question);
  if (length === undefined || answer.length === length) return undefined;
  return `Enter all ${length} ${question.input === "numeric" ? "digits" : "characters"}.`;
}

export const uncoded = "Enter the number with a + and its country code, like +44 7700 900123.";

/** What its input element is: the keyboard a telephone shows, what a browser may fill in, and whether it is hidden. */
export function kindOf({ input = "text", autocomplete = "off" }: Question, bare = false) {
  const secret = input === "password";
  return {
    type: secret ? (bare ? "text" : input) : input === "tel" ? input : "text",
    inputMode: secret ? "text" : input,
    autoComplete: autocomplete,
    autoCapitalize: "none",
    spellCheck: false,
  } as const;
}

/** The answers an account was connected with, where it shows all of them. */
export function answersOf(questions: readonly Question[], details: Record<string, string>) {
  const known = questions.flatMap(({ name }) => {
    const answer = Object.hasOwn(details, name) ? details[name] : undefined;
    return answer === undefined ? [] : [[name, answer] as const];
  });
  return known.length === questions.length ? Object.fromEntries(known) : undefined;
}
