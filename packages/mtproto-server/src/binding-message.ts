import { sha1 } from "./crypto/bytes.ts";
import { UndecryptableMessage, computeKeyId } from "./message-encryption.ts";
import { type IgeKey, igeDecrypt } from "./crypto/ige.ts";
import { createReader } from "./tl/reader.ts";

/** The message that binds a temporary key to a permanent one: MTProto 1.0, encrypted with the permanent key. */
export interface BindingMessage {
  readonly msgId: bigint;
  readonly body: Buffer;
}

/** Decrypts a binding message. Throws UndecryptableMessage. */
export function decryptBindingMessage(key: Buffer, message: Buffer): BindingMessage {
  if (message.length < 24 + 32 || (message.length - 24) % 16 !== 0) throw new UndecryptableMessage("no whole blocks");
  if (!message.subarray(0, 8).equals(computeKeyId(key))) throw new UndecryptableMessage("another key");
  const msgKey = message.subarray(8, 24);
  const plain = igeDecrypt(message.subarray(24), deriveBindingKeys(key, msgKey));
  // A random int128 is in the place of salt and session.
  const reader = createReader(plain.subarray(16));
  const [msgId, , length] = [reader.long(), reader.int(), reader.int()];
  const body = reader.raw(length);
  if (
    !sha1(plain.subarray(0, 32 + length))
      .subarray(4, 20)
      .equals(msgKey)
  )
    throw new UndecryptableMessage("wrong msg_key");
  return { msgId, body };
}

function deriveBindingKeys(key: Buffer, msgKey: Buffer): IgeKey {
  const a = sha1(msgKey, key.subarray(0, 32));
  const b = sha1(key.subarray(32, 48), msgKey, key.subarray(48, 64));
  const c = sha1(key.subarray(64, 96), msgKey);
  const d = sha1(msgKey, key.subarray(96, 128));
  return {
    key: Buffer.concat([a.subarray(0, 8), b.subarray(8, 20), c.subarray(4, 16)]),
    iv: Buffer.concat([a.subarray(8, 20), b.subarray(0, 8), c.subarray(16, 20), d.subarray(0, 8)]),
  };
}
