/** Characters that turn the direction of what follows, and controls. They have no business in a name. */
const UNRULY = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A text from a provider, safe to stand in a label or a spoken sentence: one line, of sane length, in its own order. */
export function inert(text: string, longest = 120): string {
  const letters = [
    ...text
      .slice(0, longest * 4)
      .replace(UNRULY, " ")
      .replace(/\s+/g, " ")
      .trim(),
  ];
  return letters.length > longest ? `${letters.slice(0, longest - 1).join("")}…` : letters.join("");
}
