import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalizeAccount } from "./account.ts";

const named = (label: string) => normalizeAccount({ id: "1", label, details: { name: label }, email: label });

describe("an account's name", () => {
  test.each([
    ["markup stays text, for whoever shows it", "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
    ["a formula stays text", '=cmd|"/c calc"!A1', '=cmd|"/c calc"!A1'],
    ["emoji stay whole", "👩‍👩‍👧 Ada", "👩‍👩‍👧 Ada"],
    ["what turns the direction goes", "Ada\u202Egpj.exe\u2066\u200F", "Adagpj.exe"],
    ["control characters go", "A\u0000d\u0007a\u001b[31m\u0085\r\n", "Ada[31m"],
    ["a byte order mark goes", "\uFEFFAda", "Ada"],
    ["half a surrogate pair is replaced", "A\uD800da", "A\uFFFDda"],
  ])("45. an account's name %s", (_what, text, kept) => {
    expect(named(text)).toEqual({ id: "1", label: kept, email: kept, details: { name: kept } });
  });

  test("45. an account's name of 10 kB is cut, not within a character", () => {
    const { label } = named("👩".repeat(5_000));
    expect([...label]).toHaveLength(200);
    expect(label.endsWith("👩…")).toBe(true);
    expect(label.isWellFormed()).toBe(true);
  });

  test("45. an account's name that is empty once tidied gives way to the e-mail address, then to the id", () => {
    expect(normalizeAccount({ id: "1", label: "\u202E ", email: "a@b.example", details: {} }).label).toBe(
      "a@b.example",
    );
    expect(normalizeAccount({ id: "1", label: "", email: "\u0000", details: {} })).toEqual({
      id: "1",
      label: "1",
      details: {},
    });
  });

  test("45. an account's name is harmless to a page, a log and a database, whatever it was", () => {
    const texts = fc.string({ unit: "binary", maxLength: 400 });
    fc.assert(
      fc.property(texts, (text) => {
        const { label, email = "", details } = named(text);
        for (const kept of [label, email, details["name"] ?? ""]) {
          expect(kept.isWellFormed()).toBe(true);
          expect(kept).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
          expect([...kept].length).toBeLessThanOrEqual(200);
        }
      }),
    );
  });
});

test.each(["", "a".repeat(256), "a\u0000b", "a\nb", "a\uD800b"])("45. an account id of %j is not used", (id) => {
  expect(() => normalizeAccount({ id, label: "Ada", details: {} })).toThrow(
    expect.objectContaining({ code: "provider_misbehaved" }),
  );
});
