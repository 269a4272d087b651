import { constants, createPrivateKey, createPublicKey, privateDecrypt } from "node:crypto";
import { sha1, sha256, xor } from "./bytes.ts";
import { igeDecrypt } from "./ige.ts";
import { encodeTlBytes } from "../tl/writer.ts";

/** The server's RSA key, for the key exchange. */
export interface RsaKey {
  /** The last eight bytes of the public key's hash, as a signed long. */
  readonly fingerprint: bigint;
  /** Decrypts RSA_PAD: 192 bytes, the data and its padding. Returns undefined if they were not encrypted for this key. */
  decrypt(sealed: Buffer): Buffer | undefined;
}

/** Parses the PEM of a private key. */
export function parseRsaKey(pem: string): RsaKey {
  const key = createPrivateKey(pem);
  const { n, e } = createPublicKey(pem).export({ format: "jwk" });
  if (n === undefined || e === undefined) throw new TypeError("this is no RSA key");
  const raw = (sealed: Buffer) => privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, sealed);
  return {
    fingerprint: computeFingerprint(Buffer.from(n, "base64url"), Buffer.from(e, "base64url")),
    decrypt: (sealed) => decryptPadded(sealed, raw),
  };
}

/** Computes the SHA1 of modulus and exponent, each as a TL string, and takes its last eight bytes. */
export const computeFingerprint = (modulus: Buffer, exponent: Buffer): bigint =>
  sha1(encodeTlBytes(modulus), encodeTlBytes(exponent)).readBigInt64LE(12);

function decryptPadded(sealed: Buffer, raw: (sealed: Buffer) => Buffer): Buffer | undefined {
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
