import { RpcError, type TlObject } from "./rpc.ts";
import { type BindingMessage, decryptBindingMessage } from "./binding-message.ts";
import type { ReceivedMessage } from "./server-context.ts";
import type { AuthKey } from "./state.ts";
import { decodeObject } from "./tl/decode.ts";
import { requireBytes, requireInt, requireLong } from "./tl/fields.ts";
import { createReader } from "./tl/reader.ts";

/** Answers auth.bindTempAuthKey: from now on the temporary key speaks for the permanent key, whose holder encrypted the inner message. */
export function bindTemporaryKey({ server, session, message }: ReceivedMessage, method: TlObject): true {
  const { key } = session;
  if (key.expiresAtMs === undefined) throw new RpcError(400, "TEMP_AUTH_KEY_EMPTY");
  if (requireInt(method, "expiresAt") * 1000 <= server.clock.now()) throw new RpcError(400, "EXPIRES_AT_INVALID");
  const permanent = server.keys.find(key.dc, encodeKeyId(requireLong(method, "permAuthKeyId")));
  if (!permanent || permanent.expiresAtMs !== undefined) throw new RpcError(400, "ENCRYPTED_MESSAGE_INVALID");
  const { msgId, body } = decryptBinding(permanent, requireBytes(method, "encryptedMessage"));
  const inner = decodeObject(server.schemas.protocol, createReader(body));
  const isMeant =
    msgId === message.msgId &&
    ["nonce", "permAuthKeyId", "expiresAt"].every((field) => inner[field] === method[field]) &&
    inner["tempAuthKeyId"] === decodeKeyId(key.id) &&
    inner["tempSessionId"] === session.id;
  if (!isMeant) throw new RpcError(400, "ENCRYPTED_MESSAGE_INVALID");
  key.permanent = permanent;
  return true;
}

function decryptBinding(permanent: AuthKey, message: Buffer): BindingMessage {
  try {
    return decryptBindingMessage(permanent.secret, message);
  } catch {
    throw new RpcError(400, "ENCRYPTED_MESSAGE_INVALID");
  }
}

function encodeKeyId(id: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(id);
  return bytes.toString("hex");
}

const decodeKeyId = (id: string): bigint => Buffer.from(id, "hex").readBigInt64LE();
