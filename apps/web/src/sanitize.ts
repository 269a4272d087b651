/** Control characters, and characters that turn the direction of the text after them. No name needs them. */
const unsafeCharacters = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Makes a text from a provider safe for a label or an announcement: one line, limited length, its own direction. */
export function sanitize(text: string, maxLength = 120): string {
  const letters = [
    ...text
      .slice(0, maxLength * 4)
      .replace(unsafeCharacters, " ")
      .replace(/\s+/g, " ")
      .trim(),
  ];
  return letters.length > maxLength ? `${letters.slice(0, maxLength - 1).join("")}…` : letters.join("");
}
