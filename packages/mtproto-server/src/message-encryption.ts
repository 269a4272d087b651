import { randomBytes, randomInt } from "node:crypto";
import { sha1, sha256 } from "./crypto/bytes.ts";
import { type IgeKey, igeDecrypt, igeEncrypt } from "./crypto/ige.ts";
import { createReader } from "./tl/reader.ts";
import { createWriter } from "./tl/writer.ts";

/** A decrypted message of MTProto 2.0. */
export interface DecryptedMessage {
  readonly salt: bigint;
  readonly sessionId: bigint;
  readonly msgId: bigint;
  readonly seqno: number;
  readonly body: Buffer;
}

/** Says that a message cannot be decrypted with the key that it names. */
export class UndecryptableMessage extends Error {
  override name = "BadEnvelope";
}

/** The side that encrypts a message. */
export type Sender = "client" | "server";

/** The offset of a sender's parts in the authorization key. */
const offset: Record<Sender, number> = { client: 0, server: 8 };
const headerBytes = 24;

/** Encrypts a message of one side: the key's id, the message key, the ciphertext. */
export function encryptMessage(key: Buffer, from: Sender, content: DecryptedMessage): Buffer {
  const { salt, sessionId, msgId, seqno, body } = content;
  const writer = createWriter().long(salt).long(sessionId).long(msgId).int(seqno).int(body.length).raw(body);
  const plain = addPadding(writer.done());
  const msgKey = computeMessageKey(key, from, plain);
  return Buffer.concat([computeKeyId(key), msgKey, igeEncrypt(plain, deriveMessageKeys(key, from, msgKey))]);
}

/** Decrypts a message of one side and makes every check that the protocol demands. */
export function decryptMessage(key: Buffer, from: Sender, payload: Buffer): DecryptedMessage {
  if (payload.length < headerBytes + 48 || (payload.length - headerBytes) % 16 !== 0)
    throw new UndecryptableMessage("no whole blocks");
  const msgKey = payload.subarray(8, headerBytes);
  const plain = igeDecrypt(payload.subarray(headerBytes), deriveMessageKeys(key, from, msgKey));
  if (!computeMessageKey(key, from, plain).equals(msgKey)) throw new UndecryptableMessage("wrong msg_key");
  const reader = createReader(plain);
  const [salt, sessionId, msgId] = [reader.long(), reader.long(), reader.long()];
  const [seqno, length] = [reader.int(), reader.int()];
  const padding = reader.remaining() - length;
  if (length < 4 || length % 4 !== 0 || padding < 12 || padding > 1024)
    throw new UndecryptableMessage(`${length} bytes`);
  return { salt, sessionId, msgId, seqno, body: reader.raw(length) };
}

/** Computes the id of a key: the lower 64 bits of its hash. */
export const computeKeyId = (key: Buffer): Buffer => sha1(key).subarray(12);

function addPadding(plain: Buffer): Buffer {
  const shortest = 12 + ((16 - ((plain.length + 12) % 16)) % 16);
  return Buffer.concat([plain, randomBytes(shortest + 16 * randomInt(4))]);
}

function computeMessageKey(key: Buffer, from: Sender, plain: Buffer): Buffer {
  const x = offset[from];
  return sha256(key.subarray(88 + x, 120 + x), plain).subarray(8, 24);
}

function deriveMessageKeys(key: Buffer, from: Sender, msgKey: Buffer): IgeKey {
  const x = offset[from];
  const a = sha256(msgKey, key.subarray(x, x + 36));
  const b = sha256(key.subarray(x + 40, x + 76), msgKey);
  return {
    key: Buffer.concat([a.subarray(0, 8), b.subarray(8, 24), a.subarray(24, 32)]),
    iv: Buffer.concat([b.subarray(0, 8), a.subarray(8, 24), b.subarray(24, 32)]),
  };
}
