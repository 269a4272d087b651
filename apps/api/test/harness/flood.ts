import { connect, type Socket } from "node:net";
import { setInterval as every } from "node:timers/promises";

const connections = 16;
const tickMs = 10;

/** What is sent, and how much of it. */
export interface Flood {
  bytesPerSecond: number;
  forMs: number;
  /** The bytes of the nth request. */
  request: (nth: number) => string;
}

/** Sends one request after the other, over a few connections that stay open, and waits for no answer. Gives how many. */
export async function flood(url: string, { bytesPerSecond, forMs, request }: Flood): Promise<number> {
  const sockets = Array.from({ length: connections }, () => open(url));
  const began = performance.now();
  let [sent, bytes] = [0, 0];
  let next = request(0);
  for await (const _ of every(tickMs)) {
    const passed = Math.min(forMs, performance.now() - began);
    for (; bytes + next.length <= (passed / 1000) * bytesPerSecond; next = request(sent)) {
      const at = sent % connections;
      const kept = sockets[at];
      const socket = kept?.writable ? kept : (sockets[at] = open(url));
      socket.write(next, "latin1");
      bytes += next.length;
      sent += 1;
    }
    if (passed >= forMs) break;
  }
  // What was written last is sent too.
  for (const socket of sockets) socket.end();
  return sent;
}

/** A connection whose answers nobody looks at. */
function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  return socket.on("error", () => socket.destroy()).resume();
}
