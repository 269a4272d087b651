import { expect, it } from "vitest";
import { sanitize } from "./sanitize.ts";

it.each([
  ["sanitize keeps a normal name", "Zoë O’Neill 🎉", "Zoë O’Neill 🎉"],
  ["sanitize removes characters that turn the direction", "\u202Egpj.exe\u2066", "gpj.exe"],
  ["sanitize makes one line of several", " a\n\tb\u0000c ", "a b c"],
  ["sanitize keeps markup as text", "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
])("%s", (_, text, expected) => {
  expect(sanitize(text)).toBe(expected);
});

it("sanitize shortens a text without cutting a letter in two", () => {
  expect(sanitize("👍".repeat(9000), 10)).toBe(`${"👍".repeat(9)}…`);
});
