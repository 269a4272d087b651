import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownSecrets } from "./secrets.ts";

test("secrets are made once, for their owner's eyes alone", () => {
  const file = join(mkdtempSync(join(tmpdir(), "patchbay-secrets-")), "secrets.env");
  const first = ownSecrets(file);
  expect(ownSecrets(file)).toEqual(first);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const key = first["ENCRYPTION_KEYS"]?.replace("k1:", "") ?? "";
  expect(Buffer.from(key, "base64")).toHaveLength(32);
  expect(first["AUTH_SECRET"]?.length).toBeGreaterThanOrEqual(32);
});
