import { sha1 } from "./bytes.ts";
import { BadEnvelope, keyId } from "./envelope.ts";
import { type Ige, igeDecrypt } from "./ige.ts";
import { createReader } from "./tl/reader.ts";

/** The message by which the holder of a permanent key binds a temporary one to it: MTProto 1.0, under the permanent key. */
export interface Binding {
  readonly msgId: bigint;
  readonly body: Buffer;
}

export function openBinding(key: Buffer, message: Buffer): Binding {
  if (message.length < 24 + 32 || (message.length - 24) % 16 !== 0) throw new BadEnvelope("no whole blocks");
  if (!message.subarray(0, 8).equals(keyId(key))) throw new BadEnvelope("another key");
  const msgKey = message.subarray(8, 24);
  const plain = igeDecrypt(message.subarray(24), deriveKeys(key, msgKey));
  // A random int128 stands in the place of salt and session.
  const reader = createReader(plain.subarray(16));
  const [msgId, , length] = [reader.long(), reader.int(), reader.int()];
  const body = reader.raw(length);
  if (
    !sha1(plain.subarray(0, 32 + length))
      .subarray(4, 20)
      .equals(msgKey)
  )
    throw new BadEnvelope("wrong msg_key");
  return { msgId, body };
}

function deriveKeys(key: Buffer, msgKey: Buffer): Ige {
  const a = sha1(msgKey, key.subarray(0, 32));
  const b = sha1(key.subarray(32, 48), msgKey, key.subarray(48, 64));
  const c = sha1(key.subarray(64, 96), msgKey);
  const d = sha1(msgKey, key.subarray(96, 128));
  return {
    key: Buffer.concat([a.subarray(0, 8), b.subarray(8, 20), c.subarray(4, 16)]),
    iv: Buffer.concat([a.subarray(8, 20), b.subarray(0, 8), c.subarray(16, 20), d.subarray(0, 8)]),
  };
}
