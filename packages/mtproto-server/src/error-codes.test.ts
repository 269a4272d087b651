import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { getErrorCode } from "./error-codes.ts";

const { errors } = createRequire(import.meta.url)("@mtcute/core/tl/raw-errors.json") as {
  errors: Record<string, { code: number }>;
};

/** Errors of the protocol itself, which the published list of the API's errors does not have. */
const protocolErrors = new Set([
  "INPUT_FETCH_ERROR",
  "INPUT_REQUEST_TOO_LONG",
  "INTERNAL",
  "TEMP_AUTH_KEY_EMPTY",
  "EXPIRES_AT_INVALID",
  "ENCRYPTED_MESSAGE_INVALID",
]);

test("the server refuses with the names and codes that Telegram publishes", () => {
  const source = globSync("**/*.ts", { cwd: import.meta.dirname })
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(import.meta.dirname, file), "utf8"))
    .join("\n");
  const refusals = [...source.matchAll(/new RpcError\((\d{3}), "([A-Z0-9_]+)"/g)];
  expect(refusals.length).toBeGreaterThan(10);
  const wrong = refusals.filter(
    ([, code, name = ""]) => !protocolErrors.has(name) && errors[name]?.code !== Number(code),
  );
  expect(wrong.map(([text]) => text)).toEqual([]);
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
])("an error that is named without a code has the code that Telegram sends with it: %s", (name, code) => {
  expect(getErrorCode(name)).toBe(code);
});
