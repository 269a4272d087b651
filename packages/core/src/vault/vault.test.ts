import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readKeyring } from "./keys.ts";
import { createVault, SealBroken, type AssociatedData } from "./vault.ts";

const newKey = () => randomBytes(32).toString("base64");
const place: AssociatedData = { table: "credential", row: "r1", column: "secret", provider: "zoom" };
const vault = createVault(readKeyring(`a:${newKey()}`));

/** The blob with one bit turned. */
function flipped(blob: Buffer, bit: number): Buffer {
  const copy = Buffer.from(blob);
  const at = bit >> 3;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe("a sealed text", () => {
  test("a sealed text opens where it was sealed, whatever it says", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => vault.open(vault.seal(text, place), place) === text),
    );
  });

  test("a sealed text shows neither itself nor that it is the same as another", () => {
    const [one, two] = [vault.seal("canary-token", place), vault.seal("canary-token", place)];
    expect(one.equals(two)).toBe(false);
    expect(one.toString("latin1")).not.toContain("canary");
  });

  test.each(["table", "row", "column", "provider"] as const)(
    "77. a sealed text does not open in another %s",
    (part) => {
      const blob = vault.seal("text", place);
      expect(() => vault.open(blob, { ...place, [part]: "other" })).toThrow(SealBroken);
    },
  );

  test("78. a sealed text does not open with any single bit turned, its header included", () => {
    const blob = vault.seal("a token of some length", place);
    for (let bit = 0; bit < blob.length * 8; bit++) {
      expect(() => vault.open(flipped(blob, bit), place), `bit ${bit}`).toThrow(SealBroken);
    }
  });

  test("79. a sealed text does not open cut short at any length, or with a byte more", () => {
    const blob = vault.seal("text", place);
    for (let length = 0; length < blob.length; length++) {
      expect(() => vault.open(blob.subarray(0, length), place), `${length} bytes`).toThrow(SealBroken);
    }
    expect(() => vault.open(Buffer.concat([blob, Buffer.of(0)]), place)).toThrow(SealBroken);
  });

  test("a sealed text is broken, and nothing worse, for bytes of any kind", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(() => vault.open(Buffer.from(bytes), place)).toThrow(SealBroken);
      }),
    );
  });

  test("a sealed text says nothing of itself in the error", () => {
    const blob = vault.seal("canary-token", place);
    const other = createVault(readKeyring(`a:${newKey()}`));
    expect(() => other.open(blob, place)).toThrow("credential.secret does not open");
  });
});

describe("a new key", () => {
  const [old, next] = [newKey(), newKey()];
  const before = createVault(readKeyring(`old:${old}`));
  const during = createVault(readKeyring(`new:${next},old:${old}`));
  const after = createVault(readKeyring(`new:${next}`));

  test("81. a new key seals from its first day, while the old one still opens", () => {
    expect(during.open(before.seal("text", place), place)).toBe("text");
    expect(after.open(during.seal("text", place), place)).toBe("text");
  });

  test("81. a new key does not open what the removed one sealed", () => {
    expect(() => after.open(before.seal("text", place), place)).toThrow(SealBroken);
  });

  test("81. a new key does not stand in for another of the same name", () => {
    const other = createVault(readKeyring(`old:${next}`));
    expect(() => other.open(before.seal("text", place), place)).toThrow(SealBroken);
  });
});
