const decimal = /\p{Nd}/u;

/** Text as it was meant: full-width forms and the like become plain, and marks that nobody sees (bidi, zero width) go. */
export function plainText(text: string): string {
  return toAsciiDigits(text.normalize("NFKC").replace(/\p{Cf}/gu, "")).trim();
}

/** Every decimal digit of Unicode (Arabic, Persian, Devanagari …) as the one from 0 to 9 that it stands for. */
export function toAsciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => String(getDigitValue(digit.codePointAt(0) ?? 0)));
}

/** Unicode keeps the ten digits of a script together, zero first: the value is the distance to where the digits begin. */
function getDigitValue(codePoint: number): number {
  let distance = 0;
  while (distance < 60 && decimal.test(String.fromCodePoint(codePoint - distance - 1))) distance += 1;
  return distance % 10;
}
