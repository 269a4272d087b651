import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

test("the product needs at most 60 lines for Patchbay", () => {
  const source = readFileSync(join(import.meta.dirname, "../src/accounts.ts"), "utf8");
  const lines = source.split("\n").filter((line) => line.trim() !== "");
  expect(lines.length).toBeLessThanOrEqual(60);
});
