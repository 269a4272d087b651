import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

/** Every address that this process tries to connect to, from now until it is disposed of. */
export function watchDialling(): { addresses: string[] } & Disposable {
  const addresses: string[] = [];
  const watch = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.on("connectionAttempt", (ip: string, port: number) => addresses.push(`${ip}:${port}`));
  };
  subscribe("net.client.socket", watch);
  return { addresses, [Symbol.dispose]: () => void unsubscribe("net.client.socket", watch) };
}
