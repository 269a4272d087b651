import { expect, test } from "vitest";
import type { CodeState } from "./login-state.ts";
import { parseTypedCode } from "./typed-code.ts";

const codeState: CodeState = { step: "code", session: "s", phone: "+1", hash: "h", delivery: "app", another: "no" };
const five = { ...codeState, length: "5" };

test.each([
  ["12345", "12345"],
  [" 1 2 3 4 5 ", "12345"],
  ["123-45", "12345"],
  ["123\u201145", "12345"],
  ["\u202a\u0661\u0662\u0663\u0664\u0665\u202c", "12345"],
  ["Login code: 12345. Do not give this code to anyone, even if they say they are from Telegram!", "12345"],
  ["Login code: 12345. This code can be used to log in 1 time.", "12345"],
  ["1234", undefined],
  ["123456", undefined],
  ["12345 67890", undefined],
  ["no digits at all", undefined],
  ["", undefined],
])("a code of five digits in %j is %j", (typed, code) => {
  expect(parseTypedCode(five, typed)).toBe(code);
});

test("where the length is not said, all digits are the code", () => {
  expect(parseTypedCode(codeState, "12 34-567")).toBe("1234567");
  expect(parseTypedCode(codeState, "seven")).toBeUndefined();
});

test("a word is as it was sent, whatever a telephone makes of its first letter", () => {
  const word = { ...codeState, delivery: "word", clue: "la" } as const;
  expect([parseTypedCode(word, " Lantern "), parseTypedCode(word, "lantern"), parseTypedCode(word, "harbour")]).toEqual(
    ["lantern", "lantern", undefined],
  );
  expect(parseTypedCode({ ...codeState, delivery: "phrase", clue: "ember" }, "Ember  beside\nthe quarry")).toBe(
    "ember beside the quarry",
  );
});

test("of a number that called, the last digits or all of it will do", () => {
  const call = { ...codeState, delivery: "flash call", clue: "+4930901820*****" } as const;
  for (const typed of ["12345", "+49 30 901820 12345", "030 9018 2012 345"])
    expect(parseTypedCode(call, typed)).toBe("493090182012345");
  expect(parseTypedCode(call, "345")).toBeUndefined();
});
