import { createPublicKey } from "node:crypto";
import { testKey } from "../src/crypto/test-key.ts";

/** Returns the test key's public numbers, read without the server's code. */
export function getPublicNumbers(): { fingerprint: bigint; modulus: bigint; exponent: bigint } {
  const { n = "", e = "" } = createPublicKey(testKey.publicPem).export({ format: "jwk" });
  const number = (text: string) => BigInt(`0x${Buffer.from(text, "base64url").toString("hex")}`);
  return {
    fingerprint: BigInt.asIntN(64, BigInt(`0x${testKey.fingerprint}`)),
    modulus: number(n),
    exponent: number(e),
  };
}
