import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { explainIgnoredSettings, withoutDatabases } from "./ignored-settings.ts";

test("the programs of the sandbox do not use a database that the shell names, and say so", () => {
  const env = { PATH: "/bin", DATABASE_URL: "postgres://real", PGSSLMODE: "require", PGHOST: "real" };
  expect(withoutDatabases(env)).toEqual({ PATH: "/bin" });
  expect(explainIgnoredSettings(env, "/nowhere/.env")).toEqual([
    expect.stringMatching(/^Ignoring DATABASE_URL: .*pnpm serve\./),
  ]);
  expect(explainIgnoredSettings({ PATH: "/bin" }, "/nowhere/.env")).toEqual([]);
});

test("the programs of the sandbox say that they do not read .env, if there is one", () => {
  const file = join(mkdtempSync(join(tmpdir(), "patchbay-ignored-")), ".env");
  writeFileSync(file, "");
  expect(explainIgnoredSettings({}, file)).toEqual([expect.stringMatching(/^Not reading \.env: /)]);
});
