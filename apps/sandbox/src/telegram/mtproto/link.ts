import type { Socket } from "node:net";
import { createExchange } from "./exchange.ts";
import type { Hub } from "./hub.ts";
import { nextMsgId } from "./message-id.ts";
import type { Link } from "./peer.ts";
import { receive } from "./receive.ts";
import { decodeObject } from "./tl/decode.ts";
import { encodeObject } from "./tl/encode.ts";
import { createReader } from "./tl/reader.ts";
import { createWriter } from "./tl/writer.ts";
import { detectedFraming } from "./transport/detect.ts";
import type { Framing } from "./transport/framing.ts";
import { TransportError, transportErrorPayload } from "./transport-error.ts";

/** Speaks MTProto with one client for as long as its connection lasts. */
export function openLink(hub: Hub, dc: number, socket: Socket): void {
  const framing = detectedFraming();
  const link = createLink(dc, socket, framing);
  const plain = plainDialogue(hub, link);

  function take(payload: Buffer): void {
    try {
      if (payload.length < 24) throw new TransportError(404);
      if (payload.readBigInt64LE() === 0n) plain(payload);
      else receive(hub, link, payload);
    } catch (error) {
      // Whatever cannot be read is answered alike, as the real one does.
      link.send(transportErrorPayload(error instanceof TransportError ? error : new TransportError(404)));
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

function createLink(dc: number, socket: Socket, framing: Framing): Link {
  let pingDue: NodeJS.Timeout | undefined;
  socket.on("close", () => clearTimeout(pingDue));
  const cut = (): void => void socket.destroy();
  return {
    dc,
    address: socket.remoteAddress ?? "",
    send: (payload) => {
      if (socket.writable) socket.write(framing.frame(payload));
    },
    isOpen: () => socket.writable,
    cut,
    expectPing: (seconds) => {
      clearTimeout(pingDue);
      pingDue = setTimeout(cut, Math.min(Math.max(seconds, 0) * 1000, 2 ** 31 - 1));
      pingDue.unref();
    },
  };
}

/** Messages without encryption: the key exchange. */
function plainDialogue(hub: Hub, link: Link): (payload: Buffer) => void {
  const { protocol } = hub.schemas;
  const keep = (material: Parameters<Hub["keys"]["add"]>[1]) => hub.keys.add(link.dc, material) !== undefined;
  const answer = createExchange({ ...hub, dc: link.dc, protocol, keep });
  let lastMsgId = 0n;

  return (payload) => {
    const length = payload.readInt32LE(16);
    if (length < 4 || length > payload.length - 20) throw new TransportError(404);
    const query = decodeObject(protocol, createReader(payload.subarray(20, 20 + length)));
    if (query._ === "msgs_ack") return;
    const body = encodeObject(protocol, answer(query));
    lastMsgId = nextMsgId(lastMsgId, hub.clock.now(), 1n);
    link.send(createWriter().long(0n).long(lastMsgId).int(body.length).raw(body).done());
  };
}
