import { describe, expect, it } from "vitest";
import { extractCode, normalizeDigits, normalizePhoneNumber } from "./digits.ts";

const zeros = { arabic: "٠", persian: "۰", devanagari: "०", bengali: "০", thai: "๐", "full-width": "０", ascii: "0" };

describe.each(Object.entries(zeros))("%s digits", (_, zero) => {
  it.each([...Array(10).keys()])("normalizeDigits reads %d", (value) => {
    expect(normalizeDigits(String.fromCodePoint((zero.codePointAt(0) ?? 0) + value))).toBe(`${value}`);
  });
});

it.each([
  ["1 2 3 4 5", "12345"],
  ["123-45", "12345"],
  ["12–345", "12345"],
  ["\u200e12345\u200f", "12345"],
  ["\u2066123\u00a045\u2069", "12345"],
  ["Login code: 12345. Do not give this code to anyone!", "12345"],
  ["Ваш код, 10 минут: 123 45", "12345"],
  ["کد ورود: ۱۲۳۴۵", "12345"],
  ["https://t.me/login/12345", "12345"],
  ["123", "123"],
  ["abc", ""],
])("extractCode finds a code in %j", (text, code) => {
  expect(extractCode(text, 5)).toBe(code);
});

it("extractCode takes the longest number when the length is unknown", () => {
  expect(extractCode("Code 2: 123456", undefined)).toBe("123456");
});

it.each([
  ["+44 7700 900123", "+447700900123"],
  ["(+44) 7700-900.123", "+447700900123"],
  ["0044 7700 900123", "+447700900123"],
  ["\u202a+44 7700 900123\u202c", "+447700900123"],
  ["＋４４ ７７００ ９００１２３", "+447700900123"],
  ["+٤٤٧٧٠٠٩٠٠١٢٣", "+447700900123"],
  ["020 7946 0000", "02079460000"],
])("normalizePhoneNumber reads %j", (text, number) => {
  expect(normalizePhoneNumber(text)).toBe(number);
});
