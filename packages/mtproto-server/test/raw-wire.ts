import { once } from "node:events";
import { connect } from "node:net";
import { createAbridgedFraming } from "../src/transport/abridged.ts";
import { within } from "./clients/wait.ts";

/** A connection by the abridged transport: payloads out, payloads in. */
export interface Wire {
  send(payload: Buffer): void;
  next(ms?: number): Promise<Buffer>;
  /** Nothing comes for so long. */
  silent(ms: number): Promise<boolean>;
  closed(): Promise<void>;
  close(): void;
}

/** Connects from an address of the loopback range: to a server, each is another place. */
export async function openWire(port: number, localAddress = "127.0.0.1"): Promise<Wire> {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  await once(socket, "connect");
  const framing = createAbridgedFraming();
  const arrived: Buffer[] = [];
  let wake = (): void => undefined;
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    arrived.push(...framing.read(chunk));
    wake();
  });
  socket.write(Buffer.from([0xef]));

  async function next(ms = 3000): Promise<Buffer> {
    const first = arrived.shift();
    if (first) return first;
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    await within(ms, promise);
    return next(ms);
  }

  return {
    send: (payload) => void socket.write(framing.wrap(payload)),
    next,
    silent: async (ms) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return arrived.length === 0;
    },
    closed: async () => {
      if (!socket.closed) await within(3000, once(socket, "close"));
    },
    close: () => socket.destroy(),
  };
}
