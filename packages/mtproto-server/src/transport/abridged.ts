import { createFrameReader, type Framing } from "./framing.ts";

const isLong = (head: number): boolean => (head & 0x7f) === 0x7f;
const headLength = (frame: Buffer): number => (isLong(frame.readUInt8()) ? 4 : 1);

/** The abridged transport: the payload's length in words as one byte, or 0x7f and three. The top bit asks for a quick acknowledgment, which this server does not send. */
export function createAbridgedFraming(): Framing {
  return {
    read: createFrameReader({ length: readFrameLength, payload: (frame) => frame.subarray(headLength(frame)) }),
    wrap: (payload) => Buffer.concat([encodeHead(payload.length / 4), payload]),
  };
}

function readFrameLength(head: Buffer): number | undefined {
  if (head.length === 0 || head.length < headLength(head)) return undefined;
  const first = head.readUInt8();
  return isLong(first) ? 4 + 4 * head.readUIntLE(1, 3) : 1 + 4 * (first & 0x7f);
}

function encodeHead(words: number): Buffer {
  if (words < 0x7f) return Buffer.from([words]);
  const head = Buffer.alloc(4, 0x7f);
  head.writeUIntLE(words, 1, 3);
  return head;
}
