import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";

const { errors } = createRequire(import.meta.url)("@mtcute/core/tl/raw-errors.json") as {
  errors: Record<string, { code: number }>;
};
const source = join(import.meta.dirname, "../../src/telegram");
const codes = { badRequest: 400, unauthorized: 401, notAcceptable: 406 } as const;

/** An error of the protocol itself, which the published list of the API's errors does not have. */
const protocolErrors = new Set(["METHOD_INVALID"]);

test("the simulated Telegram refuses with the names and codes that Telegram publishes", () => {
  const text = globSync("**/*.ts", { cwd: source })
    .map((file) => readFileSync(join(source, file), "utf8"))
    .join("\n");
  const refusals = [...text.matchAll(/\b(badRequest|unauthorized|notAcceptable)\("([A-Z0-9_]+)"\)/g)].map(
    ([, kind, name]): [string, number] => [name ?? "", codes[kind as keyof typeof codes]],
  );
  expect(refusals.length).toBeGreaterThan(20);
  expect(refusals.filter(([name, code]) => !protocolErrors.has(name) && errors[name]?.code !== code)).toEqual([]);
});
