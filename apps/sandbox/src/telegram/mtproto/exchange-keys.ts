import { sha1, xor } from "./bytes.ts";
import type { Ige } from "./ige.ts";

/** Under which the halves of the exchange travel. */
export function temporaryKeys(newNonce: Buffer, serverNonce: Buffer): Ige {
  const here = sha1(newNonce, serverNonce);
  const there = sha1(serverNonce, newNonce);
  return {
    key: Buffer.concat([here, there.subarray(0, 12)]),
    iv: Buffer.concat([there.subarray(12), sha1(newNonce, newNonce), newNonce.subarray(0, 4)]),
  };
}

/** The higher 64 bits of the key's hash. */
export const auxHash = (key: Buffer): Buffer => sha1(key).subarray(0, 8);

/** Proof that the server has the same key: 1 for ok, 2 for retry, 3 for fail. */
export const newNonceHash = (newNonce: Buffer, number: 1 | 2 | 3, key: Buffer): Buffer =>
  sha1(newNonce, Buffer.from([number]), auxHash(key)).subarray(4);

export const firstSalt = (newNonce: Buffer, serverNonce: Buffer): bigint =>
  xor(newNonce.subarray(0, 8), serverNonce.subarray(0, 8)).readBigInt64LE();
