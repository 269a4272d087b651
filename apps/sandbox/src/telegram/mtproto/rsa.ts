import { constants, createPrivateKey, createPublicKey, privateDecrypt } from "node:crypto";
import { sha1, sha256, xor } from "./bytes.ts";
import { igeDecrypt } from "./ige.ts";
import { tlBytes } from "./tl/writer.ts";

/** The server's RSA key, as the key exchange uses it. */
export interface RsaKey {
  /** The last eight bytes of the public key's hash, as a signed long. */
  readonly fingerprint: bigint;
  /** Opens RSA_PAD: 192 bytes, the data and its padding. Undefined where they were not sealed for this key. */
  open(sealed: Buffer): Buffer | undefined;
}

export function readRsaKey(pem: string): RsaKey {
  const key = createPrivateKey(pem);
  const { n, e } = createPublicKey(pem).export({ format: "jwk" });
  if (n === undefined || e === undefined) throw new TypeError("this is no RSA key");
  const raw = (sealed: Buffer) => privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, sealed);
  return {
    fingerprint: fingerprintOf(Buffer.from(n, "base64url"), Buffer.from(e, "base64url")),
    open: (sealed) => openPadded(sealed, raw),
  };
}

/** SHA1 of the modulus and the exponent, each as a TL string. */
export const fingerprintOf = (modulus: Buffer, exponent: Buffer): bigint =>
  sha1(tlBytes(modulus), tlBytes(exponent)).readBigInt64LE(12);

function openPadded(sealed: Buffer, raw: (sealed: Buffer) => Buffer): Buffer | undefined {
  try {
    const opened = raw(sealed);
    const [masked, encrypted] = [opened.subarray(0, 32), opened.subarray(32)];
    const key = xor(masked, sha256(encrypted));
    const plain = igeDecrypt(encrypted, { key, iv: Buffer.alloc(32) });
    const data = Buffer.from(plain.subarray(0, 192).toReversed());
    return sha256(key, data).equals(plain.subarray(192)) ? data : undefined;
  } catch {
    return undefined;
  }
}
