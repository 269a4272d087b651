import { randomBytes, randomInt } from "node:crypto";
import { createFrameReader, type Framing } from "./framing.ts";

/** The top bit asks for a quick acknowledgment, which this server does not send. */
const lengthBits = 0x7fffffff;

const createLengthPrefixedReader = (payload: (frame: Buffer) => Buffer) =>
  createFrameReader({
    length: (head) => (head.length < 4 ? undefined : 4 + (head.readUInt32LE() & lengthBits)),
    payload: (frame) => payload(frame.subarray(4)),
  });

/** Puts the payload's length in four bytes before it. */
export function createIntermediateFraming(): Framing {
  return { read: createLengthPrefixedReader((payload) => payload), wrap: prefixLength };
}

/** The intermediate transport with up to fifteen random bytes after the payload. */
export function createPaddedFraming(): Framing {
  return {
    read: createLengthPrefixedReader(removePadding),
    // Clients know a transport error by its length of four bytes, so it has no padding.
    wrap: (payload) =>
      prefixLength(payload.length === 4 ? payload : Buffer.concat([payload, randomBytes(randomInt(16))])),
  };
}

function prefixLength(payload: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(payload.length);
  return Buffer.concat([head, payload]);
}

/** Removes the padding. A plain message states its length; an encrypted one is 24 bytes and whole blocks. */
function removePadding(padded: Buffer): Buffer {
  if (padded.length < 24) return padded;
  const isPlain = padded.readBigInt64LE() === 0n;
  const length = isPlain ? 20 + padded.readUInt32LE(16) : padded.length - ((padded.length - 24) % 16);
  return padded.subarray(0, length);
}
