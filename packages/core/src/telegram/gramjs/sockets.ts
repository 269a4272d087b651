import { ConnectError } from "../../errors.ts";
import { Refusal } from "../gateway.ts";
import type { Library } from "./library.ts";

const neverResolves = new Promise<never>(() => undefined);

/** The sockets of one client: how they fail, and how they end. */
export function createSockets({ ConnectionTCPFull, PromisedNetSockets, errors }: Library) {
  const openSockets = new Set<{ close(): Promise<void> }>();
  const broken = Promise.withResolvers<never>();
  let closed = false;

  // A client that is destroyed while it connects goes on connecting. Here it gets no further.
  class Socket extends PromisedNetSockets {
    override async connect(port: number, ip: string): Promise<unknown> {
      if (closed) return await neverResolves;
      openSockets.add(this);
      await super.connect(port, ip);
      if (!closed) return this;
      await this.close();
      return await neverResolves;
    }
  }

  // A transport error (https://core.telegram.org/mtproto/mtproto-transports#transport-errors) ends the client's reading
  // and reaches nobody: connecting would hang.
  class Connection extends ConnectionTCPFull {
    override async _recv(): Promise<Buffer> {
      try {
        const payload: Buffer = await super._recv();
        if (payload.length === 4) broken.reject(transportError(-payload.readInt32LE(0)));
        return payload;
      } catch (failure) {
        if (failure instanceof errors.InvalidBufferError) broken.reject(transportError(failure.code));
        throw failure;
      }
    }
  }

  return {
    options: { networkSocket: Socket, connection: Connection },
    /** Rejects as soon as the server refuses the transport itself. */
    broken: broken.promise,
    async close(): Promise<void> {
      closed = true;
      await Promise.all([...openSockets].map((socket) => socket.close()));
    },
  };
}

function transportError(code: number | undefined): Error {
  if (code === 404) return new Refusal("AUTH_KEY_UNKNOWN");
  if (code === 429) return new Refusal("TRANSPORT_FLOOD");
  return new ConnectError("provider_unavailable", `Telegram's transport refused with ${code ?? "an unknown code"}`);
}
