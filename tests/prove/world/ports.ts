import { once } from "node:events";
import { createServer } from "node:net";
import type { Random } from "../run/random.ts";

/** Below those that the system gives to outgoing connections: a process that was killed finds its port free again. */
const [lowest, highest] = [20_000, 30_000];

export async function freePort(random: Random): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = random.whole(lowest, highest);
    if (await isFree(port)) return port;
  }
  throw new Error("no port is free");
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  try {
    await once(server, "listening");
    server.close();
    await once(server, "close");
    return true;
  } catch {
    return false;
  }
}
