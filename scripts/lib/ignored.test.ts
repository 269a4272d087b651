import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ignoredSentences, withoutDatabases } from "./ignored.ts";

test("a database that a shell names is not used by the sandbox's programs, and that is said", () => {
  const env = { PATH: "/bin", DATABASE_URL: "postgres://real", PGSSLMODE: "require", PGHOST: "real" };
  expect(withoutDatabases(env)).toEqual({ PATH: "/bin" });
  expect(ignoredSentences(env, "/nowhere/.env")).toEqual([
    expect.stringMatching(/^Ignoring DATABASE_URL: .*pnpm serve\.$/),
  ]);
  expect(ignoredSentences({ PATH: "/bin" }, "/nowhere/.env")).toEqual([]);
});

test("that .env is not read is said where there is one", () => {
  const file = join(mkdtempSync(join(tmpdir(), "patchbay-ignored-")), ".env");
  writeFileSync(file, "");
  expect(ignoredSentences({}, file)).toEqual([expect.stringMatching(/^Not reading \.env: /)]);
});
