import { createHash, createPublicKey } from "node:crypto";
import { ConnectError } from "../errors.ts";

/** A public RSA key of Telegram's servers. */
export interface ServerKey {
  /** As MTProto names the key: a signed 64-bit number, in decimal. */
  fingerprint: string;
  modulus: Buffer;
  exponent: number;
}

/** The RSA keys in a PEM text, each with its fingerprint: https://core.telegram.org/mtproto/auth_key#step-2 */
export function readServerKeys(pem: string): ServerKey[] {
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g) ?? [];
  try {
    if (blocks.length > 0) return blocks.map(readServerKey);
  } catch (cause) {
    throw new ConnectError("provider_misconfigured", "a key of Telegram's servers is not readable", { cause });
  }
  throw new ConnectError("provider_misconfigured", "there is no key in the PEM for Telegram's servers");
}

function readServerKey(pem: string): ServerKey {
  const { n = "", e = "" } = createPublicKey(pem).export({ format: "jwk" });
  const [modulus, exponent] = [Buffer.from(n, "base64url"), Buffer.from(e, "base64url")];
  const hash = createHash("sha1").update(encodeTlBytes(modulus)).update(encodeTlBytes(exponent)).digest();
  return {
    fingerprint: hash.readBigInt64LE(12).toString(),
    modulus,
    exponent: exponent.readUIntBE(0, exponent.length),
  };
}

/** Bytes as the TL language writes them: the length before, zeros up to a multiple of four after. */
function encodeTlBytes(bytes: Buffer): Buffer {
  const lengthBytes = bytes.length < 254 ? [bytes.length] : [254, bytes.length & 255, (bytes.length >> 8) & 255, 0];
  const padding = -(lengthBytes.length + bytes.length) & 3;
  return Buffer.concat([Buffer.from(lengthBytes), bytes, Buffer.alloc(padding)]);
}
