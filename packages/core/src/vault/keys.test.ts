import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readKeyring } from "./keys.ts";

const key = randomBytes(32).toString("base64");

describe("ENCRYPTION_KEYS", () => {
  test("ENCRYPTION_KEYS seals with the first key and finds each", () => {
    const keys = readKeyring(`b:${key}, a:${randomBytes(32).toString("base64url")}`);
    expect(keys.sealing.id).toBe("b");
    expect(keys.find("a")).toBeDefined();
    expect(keys.find("c")).toBeUndefined();
  });

  test.each([
    ["nothing", ""],
    ["no id", key],
    ["an empty id", `:${key}`],
    ["an id in capitals", `A:${key}`],
    ["an id that is too long", `${"a".repeat(17)}:${key}`],
    ["31 bytes", `a:${randomBytes(31).toString("base64")}`],
    ["33 bytes", `a:${randomBytes(33).toString("base64")}`],
    ["hex", `a:${randomBytes(32).toString("hex")}`],
    ["a trailing comma", `a:${key},`],
  ])("80. ENCRYPTION_KEYS refuses %s without quoting it", (_what, text) => {
    const read = () => readKeyring(text);
    expect(read).toThrow(/^entry \d+ must look like id:base64 with 32 bytes of key$/);
  });

  test("80. ENCRYPTION_KEYS refuses the same id twice", () => {
    expect(() => readKeyring(`a:${key},a:${key}`)).toThrow('entry 2 repeats the key id "a"');
  });
});
