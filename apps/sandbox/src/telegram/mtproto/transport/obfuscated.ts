import { createCipheriv, createDecipheriv } from "node:crypto";
import { abridgedFraming } from "./abridged.ts";
import { BrokenFrame, type Framing } from "./framing.ts";
import { intermediateFraming, paddedFraming } from "./intermediate.ts";

export const headerLength = 64;

const tags = new Map([
  [0xefefefef, abridgedFraming],
  [0xeeeeeeee, intermediateFraming],
  [0xdddddddd, paddedFraming],
]);

/** Another transport under AES-256-CTR, whose keys are in the 64 bytes that the client begins with: forwards for it, backwards for us. */
export function obfuscatedFraming(header: Buffer): Framing {
  const reversed = Buffer.from(header.subarray(8, 56).toReversed());
  const decipher = createDecipheriv("aes-256-ctr", header.subarray(8, 40), header.subarray(40, 56));
  const cipher = createCipheriv("aes-256-ctr", reversed.subarray(0, 32), reversed.subarray(32));
  const inner = tags.get(decipher.update(header).readUInt32LE(56))?.();
  if (!inner) throw new BrokenFrame("no transport that is known");
  return {
    read: (chunk) => inner.read(decipher.update(chunk)),
    frame: (payload) => cipher.update(inner.frame(payload)),
  };
}
