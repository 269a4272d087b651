import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below those that systems give to outgoing connections, which would take a port between its choice and its use. */
const [lowest, end] = [20_000, 30_000];

type Draw = {
  /** A number from `low` up to, but without, `high`. */
  whole(low: number, high: number): number;
};

/** A port that was free a moment ago. */
export async function freePort(draw: Draw = { whole: randomInt }): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = draw.whole(lowest, end);
    if (await isFree(port)) return port;
  }
  throw new Error(`None of a hundred ports from ${lowest} to ${end} is free.`);
}

/** Free to whoever listens on loopback, and to whoever listens on every address. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen({ port, host: "127.0.0.1" })) && (await canListen({ port }));
}

async function canListen(where: { port: number; host?: string }): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(where, () => probe.close(() => resolve(true)));
  });
}
