import type { Socket } from "node:net";
import { createKeyExchange } from "./key-exchange.ts";
import type { ServerContext } from "./server-context.ts";
import { createMessageId } from "./message-id.ts";
import type { ClientConnection } from "./state.ts";
import { receiveMessage } from "./receive-message.ts";
import { decodeObject } from "./tl/decode.ts";
import { encodeObject } from "./tl/encode.ts";
import { createReader } from "./tl/reader.ts";
import { createWriter } from "./tl/writer.ts";
import { createDetectedFraming } from "./transport/detect.ts";
import type { Framing } from "./transport/framing.ts";
import { TransportError, encodeTransportError } from "./transport-error.ts";

/** Speaks MTProto with one client until its connection ends. */
export function openConnection(server: ServerContext, dc: number, socket: Socket): void {
  const framing = createDetectedFraming();
  const connection = createConnection(dc, socket, framing);
  const plain = createPlainMessageHandler(server, connection);

  function take(payload: Buffer): void {
    try {
      if (payload.length < 24) throw new TransportError(404);
      if (payload.readBigInt64LE() === 0n) plain(payload);
      else receiveMessage(server, connection, payload);
    } catch (error) {
      // Telegram too answers everything that it cannot read with the same error.
      connection.send(encodeTransportError(error instanceof TransportError ? error : new TransportError(404)));
    }
  }

  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    try {
      for (const payload of framing.read(chunk)) take(payload);
    } catch {
      socket.destroy();
    }
  });
}

function createConnection(dc: number, socket: Socket, framing: Framing): ClientConnection {
  let pingDue: NodeJS.Timeout | undefined;
  socket.on("close", () => clearTimeout(pingDue));
  const cut = (): void => void socket.destroy();
  return {
    dc,
    address: socket.remoteAddress ?? "",
    send: (payload) => {
      if (socket.writable) socket.write(framing.wrap(payload));
    },
    isOpen: () => socket.writable,
    drop: cut,
    expectPing: (seconds) => {
      clearTimeout(pingDue);
      pingDue = setTimeout(cut, Math.min(Math.max(seconds, 0) * 1000, 2 ** 31 - 1));
      pingDue.unref();
    },
  };
}

/** Handles messages without encryption: the key exchange. */
function createPlainMessageHandler(server: ServerContext, connection: ClientConnection): (payload: Buffer) => void {
  const { protocol } = server.schemas;
  const keep = (material: Parameters<ServerContext["keys"]["add"]>[1]) =>
    server.keys.add(connection.dc, material) !== undefined;
  const answer = createKeyExchange({ ...server, dc: connection.dc, protocol, storeKey: keep });
  let lastMsgId = 0n;

  return (payload) => {
    const length = payload.readInt32LE(16);
    if (length < 4 || length > payload.length - 20) throw new TransportError(404);
    const query = decodeObject(protocol, createReader(payload.subarray(20, 20 + length)));
    if (query._ === "msgs_ack") return;
    const body = encodeObject(protocol, answer(query));
    lastMsgId = createMessageId(lastMsgId, server.clock.now(), 1n);
    connection.send(createWriter().long(0n).long(lastMsgId).int(body.length).raw(body).done());
  };
}
