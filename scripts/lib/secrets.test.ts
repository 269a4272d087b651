import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSandboxSecrets } from "./secrets.ts";

test("secrets are created once, and only their owner can read them", () => {
  const file = join(mkdtempSync(join(tmpdir(), "patchbay-secrets-")), "secrets.env");
  const first = loadSandboxSecrets(file);
  expect(loadSandboxSecrets(file)).toEqual(first);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const key = first["ENCRYPTION_KEYS"]?.replace("k1:", "") ?? "";
  expect(Buffer.from(key, "base64")).toHaveLength(32);
  expect(first["AUTH_SECRET"]?.length).toBeGreaterThanOrEqual(32);
});
