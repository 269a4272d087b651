import { hash } from "node:crypto";
import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseServiceKeys } from "../../apps/api/src/backend-api/service-keys.ts";
import { buildServiceKeyEntry, loadSandboxSecrets, loadServiceKey } from "./secrets.ts";

test("secrets are created once, and only their owner can read them", () => {
  const file = join(mkdtempSync(join(tmpdir(), "patchbay-secrets-")), "secrets.env");
  const first = loadSandboxSecrets(file);
  expect(loadSandboxSecrets(file)).toEqual(first);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const key = first["ENCRYPTION_KEYS"]?.replace("k1:", "") ?? "";
  expect(Buffer.from(key, "base64")).toHaveLength(32);
  expect(first["AUTH_SECRET"]?.length).toBeGreaterThanOrEqual(32);
});

test("the service key is created once, and only its owner can read it", () => {
  const file = join(mkdtempSync(join(tmpdir(), "patchbay-service-key-")), "service-key");
  const key = loadServiceKey(file);
  expect(key).toMatch(/^[\w-]{43}$/);
  expect(loadServiceKey(file)).toBe(key);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("the API reads the entry of the service key: every right, at the named providers", () => {
  const entry = buildServiceKeyEntry("npm-start", "a key", ["acme", "telegram"]);
  const [key] = parseServiceKeys([entry], ["acme", "other", "telegram"]);
  expect(key).toMatchObject({
    name: "npm-start",
    application: "",
    sha256: Buffer.from(hash("sha256", "a key"), "hex"),
    providers: new Set(["acme", "telegram"]),
    rights: new Set(["read", "token", "connect", "manage"]),
  });
});
