import { RpcError, type TlObject } from "../rpc.ts";
import { type Binding, openBinding } from "./binding.ts";
import type { Arrival } from "./hub.ts";
import type { AuthKey } from "./peer.ts";
import { decodeObject } from "./tl/decode.ts";
import { bytesOf, intOf, longOf } from "./tl/fields.ts";
import { createReader } from "./tl/reader.ts";

/** auth.bindTempAuthKey: from now on the temporary key speaks for the permanent one, whose holder wrote the message inside. */
export function bindTemporaryKey({ hub, session, message }: Arrival, method: TlObject): true {
  const { key } = session;
  if (key.until === undefined) throw new RpcError(400, "TEMP_AUTH_KEY_EMPTY");
  if (intOf(method, "expiresAt") * 1000 <= hub.clock.now()) throw new RpcError(400, "EXPIRES_AT_INVALID");
  const permanent = hub.keys.find(key.dc, hexOf(longOf(method, "permAuthKeyId")));
  if (!permanent || permanent.until !== undefined) throw new RpcError(400, "ENCRYPTED_MESSAGE_INVALID");
  const { msgId, body } = opened(permanent, bytesOf(method, "encryptedMessage"));
  const inner = decodeObject(hub.schemas.protocol, createReader(body));
  const isMeant =
    msgId === message.msgId &&
    ["nonce", "permAuthKeyId", "expiresAt"].every((field) => inner[field] === method[field]) &&
    inner["tempAuthKeyId"] === longFrom(key.id) &&
    inner["tempSessionId"] === session.id;
  if (!isMeant) throw new RpcError(400, "ENCRYPTED_MESSAGE_INVALID");
  key.permanent = permanent;
  return true;
}

function opened(permanent: AuthKey, message: Buffer): Binding {
  try {
    return openBinding(permanent.secret, message);
  } catch {
    throw new RpcError(400, "ENCRYPTED_MESSAGE_INVALID");
  }
}

function hexOf(id: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(id);
  return bytes.toString("hex");
}

const longFrom = (id: string): bigint => Buffer.from(id, "hex").readBigInt64LE();
