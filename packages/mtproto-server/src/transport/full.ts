import { crc32 } from "node:zlib";
import { FrameError, createFrameReader, type Framing } from "./framing.ts";

/** The full transport: length, sequence number from 0 in each direction, payload, CRC32 of all three. */
export function createFullFraming(): Framing {
  let [received, sent] = [0, 0];

  function payload(frame: Buffer): Buffer {
    const body = frame.subarray(0, -4);
    if (crc32(body) !== frame.readUInt32LE(frame.length - 4)) throw new FrameError("wrong CRC");
    if (frame.readInt32LE(4) !== received) throw new FrameError(`frame ${frame.readInt32LE(4)}, not ${received}`);
    received += 1;
    return body.subarray(8);
  }

  return {
    read: createFrameReader({ length: readFrameLength, payload }),
    wrap: (content) => {
      const head = Buffer.alloc(8);
      head.writeInt32LE(content.length + 12);
      head.writeInt32LE(sent, 4);
      sent += 1;
      const tail = Buffer.alloc(4);
      tail.writeUInt32LE(crc32(content, crc32(head)));
      return Buffer.concat([head, content, tail]);
    },
  };
}

function readFrameLength(head: Buffer): number | undefined {
  if (head.length < 4) return undefined;
  const length = head.readUInt32LE();
  if (length < 12) throw new FrameError(`a frame of ${length} bytes`);
  return length;
}
