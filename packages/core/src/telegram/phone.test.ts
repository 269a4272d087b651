import fc from "fast-check";
import { expect, test } from "vitest";
import { maskPhone } from "./mask.ts";
import { parsePhone } from "./phone.ts";

test.each([
  ["+1 202 555 0123", "+12025550123"],
  ["+44 (0)7700 900123", "+447700900123"],
  ["0044 7700 900123", "+447700900123"],
  [" +39 06 123 4567 ", "+39061234567"],
  ["+888 0123 4567", "+88801234567"],
])("%j is read as %s", (text, phone) => {
  expect(parsePhone(text)).toBe(phone);
});

test.each(["", "+", "lena", "07700 900123", "2025550123", "+1 555", "+44 7700 900123 ext 4", "+1 202 555 0123;drop"])(
  "%j is not: a guessed country would send the code to a stranger",
  (text) => {
    expect(() => parsePhone(text)).toThrow(expect.objectContaining({ code: "invalid_request", field: "phone" }));
  },
);

test("whatever is read is a plus and digits, and reads the same again", () => {
  const texts = fc.oneof(fc.string({ maxLength: 30 }), fc.stringMatching(/^(\+|00)[\d ()-]{5,18}$/));
  fc.assert(
    fc.property(texts, (text) => {
      const phone = attempt(() => parsePhone(text));
      if (phone === undefined) return;
      expect(phone).toMatch(/^\+\d{6,17}$/);
      expect(parsePhone(phone)).toBe(phone);
    }),
  );
});

function attempt(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

test("a masked number shows its last two digits", () => {
  expect(maskPhone("12025550123")).toBe("+•••••••••23");
  expect(maskPhone("+12025550123")).toBe("+•••••••••23");
  expect(maskPhone("")).toBe("+");
});
