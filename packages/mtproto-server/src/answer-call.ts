import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { RpcError, type RpcCaller, type TlObject } from "./rpc.ts";
import { bindTemporaryKey } from "./bind-temporary-key.ts";
import { type MethodCall, parseMethodCall } from "./method-call.ts";
import { buildConfig, buildNearestDc } from "./config.ts";
import type { ReceivedMessage } from "./server-context.ts";
import { getLoginKey, type AuthKey } from "./state.ts";
import { encodeRpcResult } from "./service-messages.ts";
import { encodeValue, encodeObject } from "./tl/encode.ts";
import { gzipPacked } from "./tl/constructor-ids.ts";
import { UnknownLayer } from "./tl/load-schemas.ts";
import { createWriter } from "./tl/writer.ts";
import { TransportError, encodeTransportError } from "./transport-error.ts";

/** Reads a method, lets the handler answer it, and sends the answer. */
export async function answerCall(incoming: ReceivedMessage): Promise<void> {
  const { server, session, message, record } = incoming;
  record.state = "working";
  server.queue.acknowledge(session, message.msgId);
  const { body, isError } = await runCall(incoming);
  // The client may have dropped its request in the meantime.
  const state: string = record.state;
  if (body === undefined || state === "dropped") return;
  const draft = { body: encodeRpcResult(message.msgId, body), isContent: true, answers: message.msgId, isError };
  server.queue.enqueue(session, draft);
}

interface CallOutcome {
  /** Undefined if nothing is sent. */
  readonly body: Buffer | undefined;
  readonly isError: boolean;
}

async function runCall(incoming: ReceivedMessage): Promise<CallOutcome> {
  try {
    return { body: await answerOrFail(incoming, readCall(incoming)), isError: false };
  } catch (error) {
    return { body: encodeError(incoming, error), isError: true };
  }
}

/** Reads the call, and remembers on its key what the client said about itself. */
function readCall({ server, session, message }: ReceivedMessage): MethodCall {
  const { key } = session;
  const call = parseMethodCall(server.schemas, key.clientInfo?.layer ?? 0, message.body);
  const said = call.clientInfo ?? key.clientInfo;
  if (said) key.clientInfo = { ...said, layer: call.layer };
  if (call.withoutUpdates) session.wantsUpdates = false;
  if (call.method._ !== "auth.bindTempAuthKey") requireClientInfo(key, call.method);
  return call;
}

function requireClientInfo(key: AuthKey, method: TlObject): void {
  if (!key.clientInfo) throw new RpcError(400, "CONNECTION_NOT_INITED");
  if (key.expiresAtMs !== undefined && !key.permanent && !method._.startsWith("help."))
    throw new RpcError(401, "AUTH_KEY_PERM_EMPTY");
}

/** Two addresses at once mean that the key was copied. Telegram then destroys it. */
function requireOneAddress({ server, session: { key }, connection }: ReceivedMessage): void {
  const speaking = server.keys.listForLogin(getLoginKey(key).id).flatMap(({ sessions }) => [...sessions.values()]);
  const isElsewhere = speaking.some(
    (other) => other.connection.isOpen() && other.connection.address !== connection.address,
  );
  if (!isElsewhere) return;
  server.destroyKey(getLoginKey(key));
  throw new RpcError(406, "AUTH_KEY_DUPLICATED");
}

async function answerOrFail(incoming: ReceivedMessage, call: MethodCall): Promise<Buffer | undefined> {
  const { method } = call;
  requireOneAddress(incoming);
  const fault = incoming.server.faults.takeFor(method._);
  if (fault?.kind === "error") throw new RpcError(fault.code, fault.message);
  if (fault?.kind === "transport") {
    incoming.connection.send(encodeTransportError(new TransportError(fault.code)));
    return undefined;
  }
  if (fault?.kind === "drop" && fault.when === "before") {
    incoming.connection.drop();
    return undefined;
  }
  const value = await computeAnswer(incoming, method);
  if (fault?.kind === "drop") incoming.connection.drop();
  return fault?.kind === "silence" ? undefined : compressAnswer(encodeAnswer(call, value));
}

function encodeAnswer({ method, definition, schema }: MethodCall, value: unknown): Buffer {
  try {
    return encodeValue(schema, definition.result, value);
  } catch (cause) {
    throw new TypeError(`${method._} cannot be answered so`, { cause });
  }
}

async function computeAnswer(incoming: ReceivedMessage, method: TlObject): Promise<unknown> {
  const { server, connection } = incoming;
  switch (method._) {
    case "help.getConfig":
      return buildConfig(server, connection.dc);
    case "help.getNearestDc":
      return buildNearestDc(connection.dc);
    case "auth.bindTempAuthKey":
      return bindTemporaryKey(incoming, method);
    default:
      return server.handler.answer(method, describeCaller(incoming.session.key));
  }
}

function describeCaller(key: AuthKey): RpcCaller {
  const { clientInfo: introduction, dc } = key;
  if (!introduction) throw new RpcError(400, "CONNECTION_NOT_INITED");
  return { authKeyId: getLoginKey(key).id, dc, ...introduction };
}

const minCompressedBytes = 512;

/** Compresses a large answer if that makes it smaller. */
function compressAnswer(body: Buffer): Buffer {
  if (body.length < minCompressedBytes) return body;
  const small = createWriter().int(gzipPacked).bytes(gzipSync(body)).done();
  return small.length < body.length ? small : body;
}

/** Encodes an error. Any error but an RpcError is a bug and is logged, and so is a layer that the server does not speak. */
function encodeError({ server }: ReceivedMessage, error: unknown): Buffer {
  const known = error instanceof RpcError ? error : new RpcError(500, "INTERNAL");
  if (known !== error) server.log(inspect(error));
  if (known.cause instanceof UnknownLayer) server.log(known.cause.message);
  const { code: errorCode, message: errorMessage } = known;
  return encodeObject(server.schemas.protocol, { _: "rpc_error", errorCode, errorMessage });
}
