import { createAbridgedFraming } from "./abridged.ts";
import { FrameError, type Framing } from "./framing.ts";
import { createFullFraming } from "./full.ts";
import { createIntermediateFraming, createPaddedFraming } from "./intermediate.ts";
import { obfuscationHeaderBytes, createObfuscatedFraming } from "./obfuscated.ts";

interface DetectedTransport {
  readonly framing: Framing;
  /** How many of the first bytes are the transport's greeting. */
  readonly greeting: number;
}

const httpVerbs = new Set(["GET ", "POST", "HEAD", "OPTI"]);

/** Detects the transport of a connection by its first bytes. Returns undefined while they are too few. */
export function detectTransport(first: Buffer): DetectedTransport | undefined {
  if (first[0] === 0xef) return { framing: createAbridgedFraming(), greeting: 1 };
  if (first.length < 4) return undefined;
  const tag = first.readUInt32LE();
  if (tag === 0xeeeeeeee) return { framing: createIntermediateFraming(), greeting: 4 };
  if (tag === 0xdddddddd) return { framing: createPaddedFraming(), greeting: 4 };
  if (httpVerbs.has(first.toString("latin1", 0, 4))) throw new FrameError("HTTP");
  if (first.length < 8) return undefined;
  if (first.readUInt32LE(4) === 0) return { framing: createFullFraming(), greeting: 0 };
  if (first.length < obfuscationHeaderBytes) return undefined;
  return {
    framing: createObfuscatedFraming(first.subarray(0, obfuscationHeaderBytes)),
    greeting: obfuscationHeaderBytes,
  };
}

/** Creates a framing that detects its transport by itself. */
export function createDetectedFraming(): Framing {
  let arrived: Buffer = Buffer.alloc(0);
  let framing: Framing | undefined;

  function first(chunk: Buffer): Buffer[] {
    arrived = Buffer.concat([arrived, chunk]);
    const detected = detectTransport(arrived);
    framing = detected?.framing;
    return detected ? detected.framing.read(arrived.subarray(detected.greeting)) : [];
  }

  return {
    read: (chunk) => (framing ? framing.read(chunk) : first(chunk)),
    wrap: (payload) => {
      if (!framing) throw new FrameError("nothing was said yet");
      return framing.wrap(payload);
    },
  };
}
