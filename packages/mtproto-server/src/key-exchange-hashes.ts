import { sha1, xor } from "./crypto/bytes.ts";
import type { IgeKey } from "./crypto/ige.ts";

/** Derives the key that encrypts both public values of the exchange. */
export function deriveExchangeKeys(newNonce: Buffer, serverNonce: Buffer): IgeKey {
  const here = sha1(newNonce, serverNonce);
  const there = sha1(serverNonce, newNonce);
  return {
    key: Buffer.concat([here, there.subarray(0, 12)]),
    iv: Buffer.concat([there.subarray(12), sha1(newNonce, newNonce), newNonce.subarray(0, 4)]),
  };
}

/** Computes the higher 64 bits of the key's hash. */
export const computeAuxHash = (key: Buffer): Buffer => sha1(key).subarray(0, 8);

/** Computes the proof that the server has the same key: 1 for ok, 2 for retry, 3 for fail. */
export const hashNewNonce = (newNonce: Buffer, number: 1 | 2 | 3, key: Buffer): Buffer =>
  sha1(newNonce, Buffer.from([number]), computeAuxHash(key)).subarray(4);

/** Derives a key's first server salt from both nonces. */
export const deriveFirstSalt = (newNonce: Buffer, serverNonce: Buffer): bigint =>
  xor(newNonce.subarray(0, 8), serverNonce.subarray(0, 8)).readBigInt64LE();
