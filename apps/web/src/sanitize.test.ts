import { expect, it } from "vitest";
import { sanitize } from "./sanitize.ts";

it.each([
  ["keeps an honest name", "Zoë O’Neill 🎉", "Zoë O’Neill 🎉"],
  ["takes out what turns the direction", "\u202Egpj.exe\u2066", "gpj.exe"],
  ["makes one line of many", " a\n\tb\u0000c ", "a b c"],
  ["keeps markup as text", "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
])("%s", (_, text, expected) => {
  expect(sanitize(text)).toBe(expected);
});

it("shortens without breaking a letter in two", () => {
  expect(sanitize("👍".repeat(9000), 10)).toBe(`${"👍".repeat(9)}…`);
});
