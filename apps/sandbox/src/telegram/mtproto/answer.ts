import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { RpcError, type RpcCaller, type TlObject } from "../rpc.ts";
import { bindTemporaryKey } from "./bind.ts";
import { type Call, readCall } from "./call.ts";
import { configOf, nearestDc } from "./config.ts";
import type { Arrival } from "./hub.ts";
import { loginKey, type AuthKey } from "./peer.ts";
import { resultOf } from "./service.ts";
import { encode, encodeObject } from "./tl/encode.ts";
import { gzipPacked } from "./tl/ids.ts";
import { UnknownLayer } from "./tl/load.ts";
import { createWriter } from "./tl/writer.ts";
import { TransportError, transportErrorPayload } from "./transport-error.ts";

/** Reads a method, has it answered, and says the answer, whenever it comes. */
export async function answerCall(arrival: Arrival): Promise<void> {
  const { hub, session, message, receipt } = arrival;
  receipt.state = "working";
  hub.outbox.acknowledge(session, message.msgId);
  const { body, isError } = await outcomeOf(arrival);
  // A client may have dropped its question while it was worked at.
  const state: string = receipt.state;
  if (body === undefined || state === "dropped") return;
  const draft = { body: resultOf(message.msgId, body), isContent: true, answers: message.msgId, isError };
  hub.outbox.post(session, draft);
}

interface Outcome {
  /** Undefined where nothing will be said. */
  readonly body: Buffer | undefined;
  readonly isError: boolean;
}

async function outcomeOf(arrival: Arrival): Promise<Outcome> {
  try {
    return { body: await perform(arrival, introduce(arrival)), isError: false };
  } catch (error) {
    return { body: errorBody(arrival, error), isError: true };
  }
}

/** Reads the call, and remembers by its key what the client said of itself. */
function introduce({ hub, session, message }: Arrival): Call {
  const { key } = session;
  const call = readCall(hub.schemas, key.introduction?.layer ?? 0, message.body);
  const said = call.introduction ?? key.introduction;
  if (said) key.introduction = { ...said, layer: call.layer };
  if (call.withoutUpdates) session.wantsUpdates = false;
  if (call.method._ !== "auth.bindTempAuthKey") expectIntroduction(key, call.method);
  return call;
}

function expectIntroduction(key: AuthKey, method: TlObject): void {
  if (!key.introduction) throw new RpcError(400, "CONNECTION_NOT_INITED");
  if (key.until !== undefined && !key.permanent && !method._.startsWith("help."))
    throw new RpcError(401, "AUTH_KEY_PERM_EMPTY");
}

/** A key that speaks from two addresses at once was copied: it can no longer be used. */
function expectOnePlace({ hub, session: { key }, link }: Arrival): void {
  const speaking = hub.keys.speakingFor(loginKey(key).id).flatMap(({ sessions }) => [...sessions.values()]);
  const isElsewhere = speaking.some((other) => other.link.isOpen() && other.link.address !== link.address);
  if (!isElsewhere) return;
  hub.destroy(loginKey(key));
  throw new RpcError(406, "AUTH_KEY_DUPLICATED");
}

async function perform(arrival: Arrival, call: Call): Promise<Buffer | undefined> {
  const { method } = call;
  expectOnePlace(arrival);
  const fault = arrival.hub.faults.takeFor(method._);
  if (fault?.kind === "error") throw new RpcError(fault.code, fault.message);
  if (fault?.kind === "transport") {
    arrival.link.send(transportErrorPayload(new TransportError(fault.code)));
    return undefined;
  }
  if (fault?.kind === "drop" && fault.when === "before") {
    arrival.link.cut();
    return undefined;
  }
  const value = await valueOf(arrival, method);
  if (fault?.kind === "drop") arrival.link.cut();
  return fault?.kind === "silence" ? undefined : packed(written(call, value));
}

function written({ method, definition, schema }: Call, value: unknown): Buffer {
  try {
    return encode(schema, definition.result, value);
  } catch (cause) {
    throw new TypeError(`${method._} cannot be answered so`, { cause });
  }
}

async function valueOf(arrival: Arrival, method: TlObject): Promise<unknown> {
  const { hub, link } = arrival;
  switch (method._) {
    case "help.getConfig":
      return configOf(hub, link.dc);
    case "help.getNearestDc":
      return nearestDc(link.dc);
    case "auth.bindTempAuthKey":
      return bindTemporaryKey(arrival, method);
    default:
      return hub.handler.answer(method, callerOf(arrival.session.key));
  }
}

function callerOf(key: AuthKey): RpcCaller {
  const { introduction, dc } = key;
  if (!introduction) throw new RpcError(400, "CONNECTION_NOT_INITED");
  return { authKeyId: loginKey(key).id, dc, ...introduction };
}

const smallest = 512;

/** Large answers go compressed, where that makes them smaller. */
function packed(body: Buffer): Buffer {
  if (body.length < smallest) return body;
  const small = createWriter().int(gzipPacked).bytes(gzipSync(body)).done();
  return small.length < body.length ? small : body;
}

/** Anything but an RpcError is a bug of the sandbox, said in its log; and so is a layer that is not played here. */
function errorBody({ hub }: Arrival, error: unknown): Buffer {
  const known = error instanceof RpcError ? error : new RpcError(500, "INTERNAL");
  if (known !== error) hub.log(inspect(error));
  if (known.cause instanceof UnknownLayer) hub.log(known.cause.message);
  const { code: errorCode, message: errorMessage } = known;
  return encodeObject(hub.schemas.protocol, { _: "rpc_error", errorCode, errorMessage });
}
