/** Bytes that break the transport's rules: the connection cannot go on. */
export class BrokenFrame extends Error {
  override name = "BrokenFrame";
}

/** How payloads are cut out of the stream of one connection, and put into it. */
export interface Framing {
  /** Takes what arrived and gives the payloads that are now whole. */
  read(chunk: Buffer): Buffer[];
  frame(payload: Buffer): Buffer;
}

/** A transport as a pure cutter: how long the frame at the front is, and what is in it. */
export interface Cut {
  /** The whole frame's length, or undefined while its head has not arrived. */
  readonly length: (head: Buffer) => number | undefined;
  readonly payload: (frame: Buffer) => Buffer;
}

/** More than any client sends at once. */
const longest = 1 << 24;

/** Collects what arrives and cuts it into frames. */
export function createCutter({ length, payload }: Cut): (chunk: Buffer) => Buffer[] {
  let arrived: Buffer = Buffer.alloc(0);
  return (chunk) => {
    arrived = arrived.length === 0 ? chunk : Buffer.concat([arrived, chunk]);
    const payloads: Buffer[] = [];
    for (let size = length(arrived); size !== undefined; size = length(arrived)) {
      if (size > longest) throw new BrokenFrame(`a frame of ${size} bytes`);
      if (arrived.length < size) break;
      payloads.push(payload(arrived.subarray(0, size)));
      arrived = arrived.subarray(size);
    }
    return payloads;
  };
}
