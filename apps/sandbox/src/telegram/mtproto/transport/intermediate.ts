import { randomBytes, randomInt } from "node:crypto";
import { createCutter, type Framing } from "./framing.ts";

/** The top bit asks for a quick acknowledgment, which is not given. */
const lengthBits = 0x7fffffff;

const cutter = (payload: (frame: Buffer) => Buffer) =>
  createCutter({
    length: (head) => (head.length < 4 ? undefined : 4 + (head.readUInt32LE() & lengthBits)),
    payload: (frame) => payload(frame.subarray(4)),
  });

/** The payload's length in four bytes. */
export function intermediateFraming(): Framing {
  return { read: cutter((payload) => payload), frame: behindLength };
}

/** The same, with up to fifteen random bytes behind the payload. */
export function paddedFraming(): Framing {
  return {
    read: cutter(withoutPadding),
    // A transport error is told by its four bytes, and goes bare.
    frame: (payload) =>
      behindLength(payload.length === 4 ? payload : Buffer.concat([payload, randomBytes(randomInt(16))])),
  };
}

function behindLength(payload: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(payload.length);
  return Buffer.concat([head, payload]);
}

/** A plain message says how long it is; an encrypted one is 24 bytes and whole blocks. */
function withoutPadding(padded: Buffer): Buffer {
  if (padded.length < 24) return padded;
  const isPlain = padded.readBigInt64LE() === 0n;
  const length = isPlain ? 20 + padded.readUInt32LE(16) : padded.length - ((padded.length - 24) % 16);
  return padded.subarray(0, length);
}
