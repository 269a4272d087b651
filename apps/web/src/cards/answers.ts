import type { ProviderCard } from "@patchbay/api/router";

export type Question = ProviderCard["opening"][number];

/** What the user typed or pasted, as the answer to a question that has a fixed end: `acme-goods.myshopify.com`. */
export function answerTo(question: Question, typed: string): string {
  const text = typed.trim();
  if (question.suffix === undefined || text === "") return text;
  const host = text.replace(/^https?:\/\//i, "").replace(/[/?#].*$/s, "");
  return host.includes(".") ? host : `${host}${question.suffix}`;
}

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
