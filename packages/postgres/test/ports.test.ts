import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { freePort, isFree } from "../src/index.ts";

const servers: Server[] = [];

afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function listen(host: string | undefined, port = 0): Promise<number> {
  const server = createServer();
  servers.push(server);
  await once(server.listen({ port, ...(host !== undefined && { host }) }), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

test.each([undefined, "127.0.0.1", "0.0.0.0"])("a port is busy where somebody listens on %s", async (host) => {
  expect(await isFree(await listen(host))).toBe(false);
});

test("a port that is busy is passed over", async () => {
  const busy = await listen("127.0.0.1", await freePort());
  const free = await freePort();
  const draws = [busy, busy, free];
  expect(await freePort({ whole: () => draws.shift() ?? 0 })).toBe(free);
});

test("no port comes from those that outgoing connections get", async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(Math.min(...ports)).toBeGreaterThan(1023);
});
