import { expect, test } from "vitest";
import { explainIgnoredSettings, withoutDatabases } from "./ignored-settings.ts";

test("the programs of the sandbox do not use a database that the shell names, and say so", () => {
  const env = { PATH: "/bin", DATABASE_URL: "postgres://real", PGSSLMODE: "require", PGHOST: "real" };
  expect(withoutDatabases(env)).toEqual({ PATH: "/bin" });
  expect(explainIgnoredSettings(env, {}, [])).toEqual([
    expect.stringMatching(/^Ignoring DATABASE_URL: .*pnpm serve\./),
  ]);
  expect(explainIgnoredSettings({ PATH: "/bin" }, {}, [])).toEqual([]);
});

test("the programs of the sandbox say what they read of .env and what they do not, without a value", () => {
  const file = { APP_NAME: "Acme", SERVICE_KEYS: "", ACME_SECRET: "secret", DATABASE_URL: "postgres://real" };
  const sentences = explainIgnoredSettings({}, file, ["APP_NAME", "SERVICE_KEYS"]);
  expect(sentences).toEqual([
    "Reading APP_NAME from .env.",
    expect.stringMatching(/^Not reading ACME_SECRET, DATABASE_URL from \.env: /),
  ]);
  expect(sentences.join()).not.toMatch(/secret|real/);
});
