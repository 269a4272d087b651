import { createCipheriv, createDecipheriv } from "node:crypto";

const blockBytes = 16;

/** A key for AES-256 in infinite garble extension, which mixes each block with the ciphertext and the plaintext before it. */
export interface IgeKey {
  readonly key: Buffer;
  /** 32 bytes: the ciphertext and then the plaintext before the first block. */
  readonly iv: Buffer;
}

/** Encrypts whole blocks. */
export function igeEncrypt(plain: Buffer, { key, iv }: IgeKey): Buffer {
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return chainBlocks(plain, {
    before: iv.subarray(0, blockBytes),
    after: iv.subarray(blockBytes),
    step: (x) => cipher.update(x),
  });
}

/** Decrypts whole blocks. */
export function igeDecrypt(sealed: Buffer, { key, iv }: IgeKey): Buffer {
  const decipher = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return chainBlocks(sealed, {
    before: iv.subarray(blockBytes),
    after: iv.subarray(0, blockBytes),
    step: (x) => decipher.update(x),
  });
}

interface BlockChain {
  /** Is mixed into a block before the cipher: the last output. */
  before: Buffer;
  /** Is mixed into a block after the cipher: the last input. */
  after: Buffer;
  readonly step: (block: Buffer) => Buffer;
}

function chainBlocks(input: Buffer, { before, after, step }: BlockChain): Buffer {
  if (input.length % blockBytes !== 0) throw new RangeError(`IGE takes whole blocks, not ${input.length} bytes`);
  const output = Buffer.alloc(input.length);
  let [last, previous] = [before, after];
  for (let at = 0; at < input.length; at += blockBytes) {
    const here = input.subarray(at, at + blockBytes);
    const there = output.subarray(at, at + blockBytes);
    xorInto(step(xorInto(Buffer.from(here), last)), previous).copy(there);
    [last, previous] = [there, here];
  }
  return output;
}

function xorInto(target: Buffer, other: Buffer): Buffer {
  for (let index = 0; index < blockBytes; index += 1) target[index] = (target[index] ?? 0) ^ (other[index] ?? 0);
  return target;
}
