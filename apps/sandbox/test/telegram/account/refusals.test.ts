import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codeOf } from "../../../src/telegram/account/refusals.ts";

const { errors } = createRequire(import.meta.url)("@mtcute/core/tl/raw-errors.json") as {
  errors: Record<string, { code: number }>;
};
const source = join(import.meta.dirname, "../../../src/telegram");
const codes = { badRequest: 400, unauthorized: 401, notAcceptable: 406 } as const;

/** Every name that the sandbox refuses with, and the code that stands beside it. */
function thrown(): [string, number][] {
  const text = globSync("**/*.ts", { cwd: source })
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(source, file), "utf8"))
    .join("\n");
  const named = [...text.matchAll(/\b(badRequest|unauthorized|notAcceptable)\("([A-Z0-9_]+)"\)/g)].map(
    ([, how, name]): [string, number] => [name ?? "", codes[how as keyof typeof codes]],
  );
  const raw = [...text.matchAll(/new RpcError\((\d{3}), "([A-Z0-9_]+)"/g)].map(([, code, name]): [string, number] => [
    name ?? "",
    Number(code),
  ]);
  return [...named, ...raw];
}

/** The protocol's own words, which no list of the API's errors has. */
const ofProtocol = new Set([
  "INPUT_FETCH_ERROR",
  "INPUT_METHOD_INVALID",
  "INPUT_REQUEST_TOO_LONG",
  "INTERNAL",
  "METHOD_INVALID",
  "TEMP_AUTH_KEY_EMPTY",
  "EXPIRES_AT_INVALID",
  "ENCRYPTED_MESSAGE_INVALID",
]);

test("names and codes are those that Telegram uses", () => {
  const found = thrown();
  expect(found.length).toBeGreaterThan(25);
  const wrong = found.filter(([name, code]) => !ofProtocol.has(name) && errors[name]?.code !== code);
  expect(wrong).toEqual([]);
});

test.each([
  ["UPDATE_APP_TO_LOGIN", 406],
  ["PHONE_PASSWORD_FLOOD", 406],
  ["AUTH_RESTART", 500],
  ["AUTH_RESTART_5", 500],
  ["FLOOD_WAIT_30", 420],
  ["FLOOD_PREMIUM_WAIT_7", 420],
  ["PHONE_MIGRATE_4", 303],
  ["AUTH_KEY_UNREGISTERED", 401],
  ["NOT_ON_ANY_LIST", 400],
])("an error that is ordered by its name alone has Telegram's code: %s", (name, code) => {
  expect(codeOf(name)).toBe(code);
});
