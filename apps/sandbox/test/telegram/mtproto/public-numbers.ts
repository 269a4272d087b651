import { createPublicKey } from "node:crypto";
import { testKey } from "../../../src/telegram/mtproto/test-key.ts";

/** The sandbox's public key as numbers, read apart from the server. */
export function publicNumbers(): { fingerprint: bigint; modulus: bigint; exponent: bigint } {
  const { n = "", e = "" } = createPublicKey(testKey.publicPem).export({ format: "jwk" });
  const number = (text: string) => BigInt(`0x${Buffer.from(text, "base64url").toString("hex")}`);
  return {
    fingerprint: BigInt.asIntN(64, BigInt(`0x${testKey.fingerprint}`)),
    modulus: number(n),
    exponent: number(e),
  };
}
