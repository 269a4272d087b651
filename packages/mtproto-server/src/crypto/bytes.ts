import { createHash } from "node:crypto";

/** Computes SHA-1 of the parts in a row. */
export const sha1 = (...parts: readonly Uint8Array[]): Buffer => digest("sha1", parts);

/** Computes SHA-256 of the parts in a row. */
export const sha256 = (...parts: readonly Uint8Array[]): Buffer => digest("sha256", parts);

function digest(algorithm: string, parts: readonly Uint8Array[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Decodes a big-endian number. */
export const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x0${Buffer.from(bytes).toString("hex")}`);

/** Encodes a number as big-endian bytes: `length` bytes, or as few as possible. */
export function toBytes(value: bigint, length?: number): Buffer {
  const digits = value.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Buffer.from(length === undefined ? even : even.padStart(length * 2, "0"), "hex");
}

/** Combines two buffers of one length by XOR. */
export function xor(left: Uint8Array, right: Uint8Array): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}

/** Computes base ^ exponent mod modulus, four bits of the exponent at a time. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const powers = [1n];
  for (let power = 1; power < 16; power += 1) powers.push(((powers[power - 1] ?? 1n) * base) % modulus);
  let result = 1n;
  for (const digit of exponent.toString(16)) {
    for (let squaring = 0; squaring < 4; squaring += 1) result = (result * result) % modulus;
    result = (result * (powers[Number.parseInt(digit, 16)] ?? 1n)) % modulus;
  }
  return result;
}
