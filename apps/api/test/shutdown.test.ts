import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { beforeEach, expect, test } from "vitest";
import type { Running } from "../src/main.ts";
import { searchPath } from "./harness/database.ts";
import { openWorld } from "./harness/open-world.ts";
import { eventually } from "./harness/probe.ts";
import { environmentOf, startProcess } from "./harness/process.ts";
import { openStream } from "./harness/stream.ts";

let running: Running;

const world = await openWorld({ env: { WORKERS: "0" } });
const browser = await world.signedIn();
beforeEach(async () => {
  running = await world.another();
});

/** A client that keeps its one connection, as a proxy in front does. */
function createCredentialProcess() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return async (path: string) => {
    const sent = request(new URL(path, running.url), { agent, headers: { cookie } }).end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    await answer.resume().toArray();
    return { status: answer.statusCode, connection: answer.headers.connection };
  };
}

/** Lets nobody look at connections until it is called. */
async function holdUp(): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: world.databaseUrl, options: searchPath });
  await client.connect();
  await client.query("begin; lock table connection");
  return async () => {
    await client.query("commit");
    await client.end();
  };
}

/** Those who wait for `holdUp` to end. */
const heldUp = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

/** How long a stop takes, in milliseconds. */
async function timeStop(): Promise<number> {
  const began = performance.now();
  await running.stop();
  return performance.now() - began;
}

/** Less than any client keeps a connection that nothing is done on. */
const soon = 10_000;

test.each(["/api/v1/channels/", "/api/trpc/connections.list?batch=1&input=%7B%7D"])(
  "a stop waits for the answer to %s, which closes its connection, and no longer",
  async (path) => {
    const ask = createCredentialProcess();
    expect(await ask("/healthz")).toEqual({ status: 200, connection: "keep-alive" });
    const release = await holdUp();
    const answer = ask(path);
    await eventually(async () => expect(await world.sql(heldUp)).not.toEqual([]));
    const stopped = timeStop();
    await sleep(200);
    await release();
    expect(await answer).toEqual({ status: 200, connection: "close" });
    expect(await stopped).toBeLessThan(soon);
  },
);

test("a request that was on its way when the stop began is answered, as the last of its connection", async () => {
  const socket = connect(Number(new URL(running.url).port), "127.0.0.1");
  socket.write("GET /healthz HTTP/1.1\r\n");
  await sleep(200);
  const stopped = timeStop();
  await sleep(200);
  socket.write("Host: localhost\r\n\r\n");
  const answer = Buffer.concat((await socket.toArray()) as Buffer[]).toString();
  expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*\r\nConnection: close\r\n\r\n{"status":"ok"}$/);
  expect(await stopped).toBeLessThan(soon);
});

test("a stop ends streams, and their connections with them", async () => {
  const elsewhere = Object.assign(browser.copy(), { origin: running.url });
  const stream = await openStream(elsewhere, "connections.watch");
  await eventually(async () => expect(JSON.stringify(stream.told)).toContain('"open"'));
  const stopped = timeStop();
  await stream.ended;
  expect(stream.told.at(-1)).toMatchObject({ event: "return" });
  expect(await stopped).toBeLessThan(soon);
});

test("a stop that comes while the last of it still starts is heeded", async () => {
  await using own = await startProcess({ ...(await environmentOf(world)), WORKERS: "2" });
  own.child.kill("SIGTERM");
  expect(await own.exited).toEqual([0, null]);
  expect(await world.sql("select from worker")).toEqual([]);
});
