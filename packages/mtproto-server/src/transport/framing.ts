/** Says that bytes break the transport's rules: the connection cannot continue. */
export class FrameError extends Error {
  override name = "BrokenFrame";
}

/** Reads payloads from the stream of one connection, and writes payloads to it. */
export interface Framing {
  /** Takes received bytes and returns the payloads that are now complete. */
  read(chunk: Buffer): Buffer[];
  wrap(payload: Buffer): Buffer;
}

/** The format of a transport's frames. */
export interface FrameFormat {
  /** Reads the length of the whole frame. Returns undefined while its head is incomplete. */
  readonly length: (head: Buffer) => number | undefined;
  readonly payload: (frame: Buffer) => Buffer;
}

/** No client sends a larger frame. */
const maxFrameBytes = 1 << 24;

/** Creates a function that collects received bytes and splits them into frames. */
export function createFrameReader({ length, payload }: FrameFormat): (chunk: Buffer) => Buffer[] {
  let arrived: Buffer = Buffer.alloc(0);
  return (chunk) => {
    arrived = arrived.length === 0 ? chunk : Buffer.concat([arrived, chunk]);
    const payloads: Buffer[] = [];
    for (let size = length(arrived); size !== undefined; size = length(arrived)) {
      if (size > maxFrameBytes) throw new FrameError(`a frame of ${size} bytes`);
      if (arrived.length < size) break;
      payloads.push(payload(arrived.subarray(0, size)));
      arrived = arrived.subarray(size);
    }
    return payloads;
  };
}
