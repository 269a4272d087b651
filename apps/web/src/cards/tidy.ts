/**
 * A text with digits as people type and paste them, in plain ASCII: `٠١٢`, `۰۱۲`, `०१२` and `０１２` are all 012 (NFKC, and
 * Unicode's decimal digits). Spaces, dashes and marks that nobody sees are left out.
 */
export function tidyDigits(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/\p{Nd}/gu, (digit) => `${valueOf(digit)}`)
    .replace(/[\s\p{C}\p{Pd}\u2212]/gu, "");
}

/**
 * A code out of what was typed or pasted. Where words stand around it, the run of digits that is as long as the code, or
 * else the longest: 12345 of `Login code: 12 345`.
 */
export function tidyCode(text: string, length?: number): string {
  const runs = (text.normalize("NFKC").match(/\p{Nd}(?:[\s\p{Pd}\p{C}]*\p{Nd})*/gu) ?? []).map(tidyDigits);
  const fitting = runs.find((run) => run.length === length);
  return fitting ?? runs.toSorted((a, b) => b.length - a.length)[0] ?? "";
}

/** A telephone number without what people write for the eye. `00` is dialled for the plus. */
export function tidyNumber(text: string): string {
  return tidyDigits(text)
    .replace(/[()./]/g, "")
    .replace(/^00/, "+");
}

/** Decimal digits stand in runs of ten, from zero to nine. */
function valueOf(digit: string): number {
  const point = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(point - value - 1))) value++;
  return value;
}
