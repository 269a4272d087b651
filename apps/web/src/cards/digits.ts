/**
 * Turns a text with digits, as people type and paste them, into plain ASCII: `٠١٢`, `۰۱۲`, `०१२` and `０１２` become 012 (NFKC,
 * and Unicode's decimal digits). Removes spaces, dashes and invisible characters.
 */
export function normalizeDigits(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/\p{Nd}/gu, (digit) => `${digitValue(digit)}`)
    .replace(/[\s\p{C}\p{Pd}\u2212]/gu, "");
}

/**
 * Extracts a code from what the user typed or pasted: 12345 from `Login code: 12 345`. Among several numbers, one with the
 * expected length wins, or else the longest.
 */
export function extractCode(text: string, length?: number): string {
  const numbers = (text.normalize("NFKC").match(/\p{Nd}(?:[\s\p{Pd}\p{C}]*\p{Nd})*/gu) ?? []).map(normalizeDigits);
  const fitting = numbers.find((digits) => digits.length === length);
  return fitting ?? numbers.toSorted((a, b) => b.length - a.length)[0] ?? "";
}

/** Removes what people write in a phone number for readability. A leading `00` becomes the plus. */
export function normalizePhoneNumber(text: string): string {
  return normalizeDigits(text)
    .replace(/[()./]/g, "")
    .replace(/^00/, "+");
}

/** Unicode orders decimal digits in runs of ten, from zero to nine. */
function digitValue(digit: string): number {
  const point = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(point - value - 1))) value++;
  return value;
}
