import { expect, test } from "vitest";
import { plainText, toAsciiDigits } from "./digits.ts";

test.each([
  ["\u0661\u0662\u0663\u0664\u0665", "Arabic"],
  ["\u06f1\u06f2\u06f3\u06f4\u06f5", "Persian"],
  ["\u0967\u0968\u0969\u096a\u096b", "Devanagari"],
  ["\uff11\uff12\uff13\uff14\uff15", "full width"],
  ["\u{1d7ed}\u{1d7ee}\u{1d7ef}\u{1d7f0}\u{1d7f1}", "mathematical, sans-serif bold"],
  ["12345", "ours"],
])("%s is 12345 (%s)", (typed) => {
  expect(toAsciiDigits(typed)).toBe("12345");
  expect(plainText(`\u2067${typed}\u2069\u200f `)).toBe("12345");
});

test("every decimal digit of Unicode has a value from its own ten", () => {
  const all = Array.from({ length: 0x1fbff }, (_none, codePoint) => String.fromCodePoint(codePoint));
  const digits = all.filter((text) => /\p{Nd}/u.test(text));
  expect(digits.length).toBeGreaterThan(600);
  expect(digits.filter((digit) => !/^[0-9]$/.test(toAsciiDigits(digit)))).toEqual([]);
});
