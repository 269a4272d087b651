import { createCipheriv, createDecipheriv } from "node:crypto";

const block = 16;

/** AES-256 in infinite garble extension: each block is mixed with the ciphertext and the plaintext before it. */
export interface Ige {
  readonly key: Buffer;
  /** 32 bytes: the ciphertext, then the plaintext, that stand before the first block. */
  readonly iv: Buffer;
}

export function igeEncrypt(plain: Buffer, { key, iv }: Ige): Buffer {
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return chain(plain, { before: iv.subarray(0, block), after: iv.subarray(block), step: (x) => cipher.update(x) });
}

export function igeDecrypt(sealed: Buffer, { key, iv }: Ige): Buffer {
  const decipher = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return chain(sealed, { before: iv.subarray(block), after: iv.subarray(0, block), step: (x) => decipher.update(x) });
}

interface Chain {
  /** Mixed into a block before the cipher: the last output. */
  before: Buffer;
  /** Mixed into it after: the last input. */
  after: Buffer;
  readonly step: (block: Buffer) => Buffer;
}

function chain(input: Buffer, { before, after, step }: Chain): Buffer {
  if (input.length % block !== 0) throw new RangeError(`IGE takes whole blocks, not ${input.length} bytes`);
  const output = Buffer.alloc(input.length);
  let [last, previous] = [before, after];
  for (let at = 0; at < input.length; at += block) {
    const here = input.subarray(at, at + block);
    const there = output.subarray(at, at + block);
    mix(step(mix(Buffer.from(here), last)), previous).copy(there);
    [last, previous] = [there, here];
  }
  return output;
}

function mix(target: Buffer, other: Buffer): Buffer {
  for (let index = 0; index < block; index += 1) target[index] = (target[index] ?? 0) ^ (other[index] ?? 0);
  return target;
}
