import { createCipheriv, createDecipheriv } from "node:crypto";
import { createAbridgedFraming } from "./abridged.ts";
import { FrameError, type Framing } from "./framing.ts";
import { createIntermediateFraming, createPaddedFraming } from "./intermediate.ts";

/** The length of the header that the client sends first. */
export const obfuscationHeaderBytes = 64;

const tags = new Map([
  [0xefefefef, createAbridgedFraming],
  [0xeeeeeeee, createIntermediateFraming],
  [0xdddddddd, createPaddedFraming],
]);

/** Another transport under AES-256-CTR. Its keys are in the client's first 64 bytes: read forwards for the client, backwards for the server. */
export function createObfuscatedFraming(header: Buffer): Framing {
  const reversed = Buffer.from(header.subarray(8, 56).toReversed());
  const decipher = createDecipheriv("aes-256-ctr", header.subarray(8, 40), header.subarray(40, 56));
  const cipher = createCipheriv("aes-256-ctr", reversed.subarray(0, 32), reversed.subarray(32));
  const inner = tags.get(decipher.update(header).readUInt32LE(56))?.();
  if (!inner) throw new FrameError("no transport that is known");
  return {
    read: (chunk) => inner.read(decipher.update(chunk)),
    wrap: (payload) => cipher.update(inner.wrap(payload)),
  };
}
