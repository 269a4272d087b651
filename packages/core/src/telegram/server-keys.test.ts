import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { _serverKeys } from "telegram/crypto/RSA.js";
import { expect, test } from "vitest";
import { readServerKeys } from "./server-keys.ts";

const pemOf = (n: Buffer, type: "spki" | "pkcs1" = "pkcs1") =>
  createPublicKey({ key: { kty: "RSA", n: n.toString("base64url"), e: "AQAB" }, format: "jwk" })
    .export({ type, format: "pem" })
    .toString();

test.each(["pkcs1", "spki"] as const)(
  "Telegram's own keys, as %s, have the fingerprints that are published",
  (type) => {
    const known = [..._serverKeys].map(([fingerprint, { n, e }]) => ({
      fingerprint,
      modulus: Buffer.from(n.toString(16), "hex"),
      exponent: e,
    }));
    expect(known).not.toHaveLength(0);
    expect(readServerKeys(known.map(({ modulus }) => pemOf(modulus, type)).join("\n"))).toEqual(known);
  },
);

test("a key of another size is read too", () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const [key] = readServerKeys(publicKey.export({ type: "spki", format: "pem" }).toString());
  expect(key).toMatchObject({ exponent: 65_537, fingerprint: expect.stringMatching(/^-?\d+$/) });
  expect(key?.modulus).toHaveLength(128);
});
