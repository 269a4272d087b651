import { randomBytes, randomInt } from "node:crypto";
import { sha1, sha256 } from "./bytes.ts";
import { type Ige, igeDecrypt, igeEncrypt } from "./ige.ts";
import { createReader } from "./tl/reader.ts";
import { createWriter } from "./tl/writer.ts";

/** What is under the encryption of a message: MTProto 2.0. */
export interface Envelope {
  readonly salt: bigint;
  readonly sessionId: bigint;
  readonly msgId: bigint;
  readonly seqno: number;
  readonly body: Buffer;
}

/** A message that does not open with the key it names. */
export class BadEnvelope extends Error {
  override name = "BadEnvelope";
}

export type Side = "client" | "server";

/** Where in the authorization key a side's parts begin. */
const offset: Record<Side, number> = { client: 0, server: 8 };
const head = 24;

/** Seals a message of one side: the key's id, the message key, the ciphertext. */
export function seal(key: Buffer, from: Side, content: Envelope): Buffer {
  const { salt, sessionId, msgId, seqno, body } = content;
  const writer = createWriter().long(salt).long(sessionId).long(msgId).int(seqno).int(body.length).raw(body);
  const plain = padded(writer.done());
  const msgKey = messageKey(key, from, plain);
  return Buffer.concat([keyId(key), msgKey, igeEncrypt(plain, deriveKeys(key, from, msgKey))]);
}

/** Opens a message of one side, having made every check that the protocol asks for. */
export function open(key: Buffer, from: Side, payload: Buffer): Envelope {
  if (payload.length < head + 48 || (payload.length - head) % 16 !== 0) throw new BadEnvelope("no whole blocks");
  const msgKey = payload.subarray(8, head);
  const plain = igeDecrypt(payload.subarray(head), deriveKeys(key, from, msgKey));
  if (!messageKey(key, from, plain).equals(msgKey)) throw new BadEnvelope("wrong msg_key");
  const reader = createReader(plain);
  const [salt, sessionId, msgId] = [reader.long(), reader.long(), reader.long()];
  const [seqno, length] = [reader.int(), reader.int()];
  const padding = reader.remaining() - length;
  if (length < 4 || length % 4 !== 0 || padding < 12 || padding > 1024) throw new BadEnvelope(`${length} bytes`);
  return { salt, sessionId, msgId, seqno, body: reader.raw(length) };
}

/** The lower 64 bits of the key's hash, as they stand on the wire. */
export const keyId = (key: Buffer): Buffer => sha1(key).subarray(12);

function padded(plain: Buffer): Buffer {
  const shortest = 12 + ((16 - ((plain.length + 12) % 16)) % 16);
  return Buffer.concat([plain, randomBytes(shortest + 16 * randomInt(4))]);
}

function messageKey(key: Buffer, from: Side, plain: Buffer): Buffer {
  const x = offset[from];
  return sha256(key.subarray(88 + x, 120 + x), plain).subarray(8, 24);
}

function deriveKeys(key: Buffer, from: Side, msgKey: Buffer): Ige {
  const x = offset[from];
  const a = sha256(msgKey, key.subarray(x, x + 36));
  const b = sha256(key.subarray(x + 40, x + 76), msgKey);
  return {
    key: Buffer.concat([a.subarray(0, 8), b.subarray(8, 24), a.subarray(24, 32)]),
    iv: Buffer.concat([b.subarray(0, 8), a.subarray(8, 24), b.subarray(24, 32)]),
  };
}
