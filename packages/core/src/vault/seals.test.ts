import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { readKeyring } from "./keys.ts";
import { createSeals } from "./seals.ts";
import { createVault } from "./vault.ts";

const vault = createVault(readKeyring(`a:${randomBytes(32).toString("base64")}`));
const seals = createSeals(vault);
const row = { id: "1", provider: "acme" };
const associatedData = { table: "credential", row: "1", column: "secret", provider: "acme" };
const credentials = { accessToken: "a", expiresAt: new Date(0), metadata: { shop: "s" } };

test("credentials open as they were sealed", () => {
  expect(seals.openCredentials(seals.sealCredentials(credentials, row), row)).toEqual(credentials);
});

test("credentials that an earlier version sealed open, and those of this one open there", () => {
  const { metadata: place, ...rest } = credentials;
  const earlier = vault.seal(JSON.stringify({ ...rest, place }), associatedData);
  expect(seals.openCredentials(earlier, row)).toEqual(credentials);
  expect(JSON.parse(vault.open(seals.sealCredentials(credentials, row), associatedData))).toMatchObject({ place });
});
