import { randomBytes } from "node:crypto";
import { unzipSync } from "node:zlib";
import { decryptMessage, encryptMessage } from "../src/message-encryption.ts";
import { decodeObject } from "../src/tl/decode.ts";
import { encodeObject } from "../src/tl/encode.ts";
import { gzipPacked, msgContainer, rpcResult } from "../src/tl/constructor-ids.ts";
import { createReader } from "../src/tl/reader.ts";
import { createWriter } from "../src/tl/writer.ts";
import type { TlObject } from "../src/rpc.ts";
import { clientMsgId, type Deviations, exchange, layer } from "./raw-exchange.ts";
import { openWire, type Wire } from "./raw-wire.ts";

export interface Heard {
  readonly msgId: bigint;
  readonly seqno: number;
  readonly object: TlObject;
}

export interface Said {
  readonly msgId?: bigint;
  readonly seqno?: number;
  readonly salt?: bigint;
  readonly body?: Buffer;
}

/** A client of the oldest kind: it does nothing that it is not told. */
export interface RawSession {
  readonly key: Buffer;
  readonly wire: Wire;
  readonly salt: bigint;
  readonly id: bigint;
  say(object: TlObject, how?: Said): bigint;
  /** What is in the next payload, containers opened. */
  hear(): Promise<Heard[]>;
  /** The next message of that name, others passed over. */
  await(name: string): Promise<TlObject>;
}

const api = layer(198);

export type Known = Pick<RawSession, "key" | "salt" | "id"> & { from?: string };

export async function openSession(port: number, known?: Known, deviations?: Deviations): Promise<RawSession> {
  const wire = await openWire(port, known?.from);
  const { key, salt } = known ?? (await exchange(wire, deviations));
  const id = known?.id ?? randomBytes(8).readBigInt64LE();
  let contents = 0;

  async function hear(): Promise<Heard[]> {
    const payload = await wire.next();
    if (payload.length === 4) return [said(0n, 0, { _: "transport_error", code: payload.readInt32LE() })];
    const { msgId, seqno, body, sessionId } = decryptMessage(key, "server", payload);
    if (sessionId !== id) throw new Error("another session");
    return messagesOf(msgId, seqno, body);
  }

  async function awaitOne(name: string): Promise<TlObject> {
    for (;;) {
      const found = (await hear()).find(({ object }) => object._ === name);
      if (found) return found.object;
    }
  }

  return {
    key,
    wire,
    salt,
    id,
    say: (object, how = {}) => {
      const { msgId = clientMsgId(), seqno = contents * 2 + 1, body = encodeObject(api, object) } = how;
      contents += 1;
      wire.send(encryptMessage(key, "client", { salt: how.salt ?? salt, sessionId: id, msgId, seqno, body }));
      return msgId;
    },
    hear,
    await: awaitOne,
  };
}

const said = (msgId: bigint, seqno: number, object: TlObject): Heard => ({ msgId, seqno, object });

function messagesOf(msgId: bigint, seqno: number, body: Buffer): Heard[] {
  const reader = createReader(body);
  const id = body.readUInt32LE();
  if (id === rpcResult) return [said(msgId, seqno, resultOf(body))];
  if (id !== msgContainer) return [said(msgId, seqno, decodeObject(api, reader))];
  reader.int();
  return Array.from({ length: reader.int() }, () => {
    const [innerId, innerSeqno, length] = [reader.long(), reader.int(), reader.int()];
    return messagesOf(innerId, innerSeqno, reader.raw(length));
  }).flat();
}

function resultOf(body: Buffer): TlObject {
  const reqMsgId = body.readBigInt64LE(4);
  const packed = body.subarray(12);
  const isPacked = packed.readUInt32LE() === gzipPacked;
  const plain = isPacked ? unzipSync(createReader(packed.subarray(4)).bytes()) : packed;
  return { _: "rpc_result", reqMsgId, isPacked, result: decodeObject(api, createReader(plain)) };
}

/** A container of messages, each with its id and number. */
export function containerOf(messages: readonly { msgId: bigint; seqno: number; object: TlObject }[]): Buffer {
  const writer = createWriter().int(msgContainer).int(messages.length);
  for (const { msgId, seqno, object } of messages) {
    const body = encodeObject(api, object);
    writer.long(msgId).int(seqno).int(body.length).raw(body);
  }
  return writer.done();
}

/** A method behind what every client says first. */
export const introduced = (query: TlObject): TlObject => ({
  _: "invokeWithLayer",
  layer: 198,
  query: {
    _: "initConnection",
    apiId: 1,
    deviceModel: "Raw",
    systemVersion: "1",
    appVersion: "1",
    systemLangCode: "en",
    langPack: "",
    langCode: "en",
    query,
  },
});
