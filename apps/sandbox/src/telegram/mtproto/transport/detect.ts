import { abridgedFraming } from "./abridged.ts";
import { BrokenFrame, type Framing } from "./framing.ts";
import { fullFraming } from "./full.ts";
import { intermediateFraming, paddedFraming } from "./intermediate.ts";
import { headerLength, obfuscatedFraming } from "./obfuscated.ts";

interface Detected {
  readonly framing: Framing;
  /** What of the first bytes belongs to the transport's own greeting. */
  readonly greeting: number;
}

const httpVerbs = new Set(["GET ", "POST", "HEAD", "OPTI"]);

/** Which transport a connection speaks, by its first bytes; undefined while they are too few to tell. */
export function detect(first: Buffer): Detected | undefined {
  if (first[0] === 0xef) return { framing: abridgedFraming(), greeting: 1 };
  if (first.length < 4) return undefined;
  const tag = first.readUInt32LE();
  if (tag === 0xeeeeeeee) return { framing: intermediateFraming(), greeting: 4 };
  if (tag === 0xdddddddd) return { framing: paddedFraming(), greeting: 4 };
  if (httpVerbs.has(first.toString("latin1", 0, 4))) throw new BrokenFrame("HTTP");
  if (first.length < 8) return undefined;
  if (first.readUInt32LE(4) === 0) return { framing: fullFraming(), greeting: 0 };
  if (first.length < headerLength) return undefined;
  return { framing: obfuscatedFraming(first.subarray(0, headerLength)), greeting: headerLength };
}

/** A transport that finds out by itself which one it is. */
export function detectedFraming(): Framing {
  let arrived: Buffer = Buffer.alloc(0);
  let framing: Framing | undefined;

  function first(chunk: Buffer): Buffer[] {
    arrived = Buffer.concat([arrived, chunk]);
    const detected = detect(arrived);
    framing = detected?.framing;
    return detected ? detected.framing.read(arrived.subarray(detected.greeting)) : [];
  }

  return {
    read: (chunk) => (framing ? framing.read(chunk) : first(chunk)),
    frame: (payload) => {
      if (!framing) throw new BrokenFrame("nothing was said yet");
      return framing.frame(payload);
    },
  };
}
