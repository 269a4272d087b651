import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Browser } from "./harness/browser.ts";
import { openWorld } from "./harness/open-world.ts";
import { eventually } from "./harness/probe.ts";
import { openStream, type Stream } from "./harness/stream.ts";
import { subjects, type Subject } from "./harness/subjects.ts";
import { connect, disconnect } from "./harness/walk.ts";

const world = await openWorld({ env: { WORKERS: "0" }, telegram: true });

const [subject] = subjects as [Subject, ...Subject[]];
const data = ({ told }: Stream) => told.filter(({ event }) => event === "message").map((one) => one.data);
const changes = (stream: Stream) => data(stream).filter((one) => (one as { type: string }).type === "changed");

/** Opens a page's stream and waits until it stands. */
async function watch(browser: Browser): Promise<Stream> {
  const stream = await openStream(browser, "connections.watch");
  await eventually(async () => expect(data(stream)).toContainEqual({ type: "open" }));
  return stream;
}

test("87. a page is told of what happens to its user's connections, in whichever process, and of nobody else's", async () => {
  const [browser, stranger] = [await world.signedIn(), await world.signedIn()];
  const other = await world.another();
  const elsewhere = browser.copy();
  elsewhere.origin = other.url;
  await using stream = await watch(browser);
  await using theirs = await watch(stranger);
  const row = await connect(elsewhere, subject);
  await eventually(async () => expect(changes(stream)).toHaveLength(1));
  await world.sql("update credential set status = 'needs_reconnect', reason = 'grant_ended' where status = 'active'");
  await eventually(async () => expect(changes(stream)).toHaveLength(2));
  await disconnect(elsewhere, subject, row.id);
  await eventually(async () => expect(changes(stream)).toHaveLength(3));
  expect(changes(theirs)).toEqual([]);
  await other.stop();
});

test("a renewal that changes nothing for the user is not told", async () => {
  const browser = await world.signedIn();
  await connect(browser, subject);
  await using stream = await watch(browser);
  await world.sql("update credential set version = version + 1, expires_at = now() + interval '2 hours'");
  await sleep(300);
  expect(changes(stream)).toEqual([]);
});

test("ninety-five of a hundred changes are told within a second", async () => {
  const browser = await world.signedIn();
  const row = await connect(browser, subject);
  await using stream = await watch(browser);
  const delays: number[] = [];
  for (let turn = 0; turn < 100; turn += 1) {
    const [began, before] = [performance.now(), changes(stream).length];
    await world.sql(
      `update credential set status = $2, reason = 'grant_ended'
       where id = (select credential_id from connection where id = $1)`,
      [row.id, turn % 2 ? "active" : "needs_reconnect"],
    );
    while (changes(stream).length === before && performance.now() - began < 5000) await sleep(2);
    delays.push(performance.now() - began);
  }
  const p95 = delays.toSorted((a, b) => a - b)[94] ?? Infinity;
  console.log(`p95 of 100 changes on a page: ${Math.round(p95)} ms`);
  expect(p95).toBeLessThanOrEqual(1000);
});

test("changes that come together are told together", async () => {
  const browser = await world.signedIn();
  const row = await connect(browser, subject);
  await using stream = await watch(browser);
  const change = (turn: number) => `begin; update connection set label = '${turn}' where id = ${row.id}; commit;`;
  await world.sql(Array.from({ length: 50 }, (_, turn) => change(turn)).join(""));
  await eventually(async () => expect(changes(stream).length).toBeGreaterThan(0));
  await sleep(300);
  expect(changes(stream).length).toBeLessThan(10);
});

test("signing out ends the stream, in this browser and wherever the session was", async () => {
  const browser = await world.signedIn();
  const stream = await watch(browser);
  await browser.post("/api/auth/sign-out", {});
  await stream.ended;
  expect(JSON.stringify(stream.told)).toContain('"failure":"unauthenticated"');
});

test("without a session there is no stream", async () => {
  const stream = await openStream(new Browser(world.url), "connections.watch");
  await stream.ended;
  expect(JSON.stringify(stream.told)).toContain('"failure":"unauthenticated"');
  expect(data(stream)).toEqual([]);
});

test("87. a user has twenty streams at the most, and room again when one is closed", async () => {
  const browser = await world.signedIn();
  const streams = await Promise.all(Array.from({ length: 20 }, () => watch(browser)));
  const refused = await openStream(browser, "connections.watch");
  await refused.ended;
  expect(JSON.stringify(refused.told)).toContain('"failure":"too_many_requests"');
  await streams[0]?.[Symbol.asyncDispose]();
  // The process hears a moment later that the stream is closed.
  await eventually(async () => {
    await using again = await openStream(browser, "connections.watch");
    await eventually(async () => expect(again.told).not.toEqual([]));
    expect(data(again)).toEqual([{ type: "open" }]);
  });
  await Promise.all(streams.map((stream) => stream[Symbol.asyncDispose]()));
});

test("a line to the database that was cut is had back, and what went unheard meanwhile is looked at", async () => {
  const browser = await world.signedIn();
  await using stream = await watch(browser);
  await world.sql(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'patchbay notifications' and datname = current_database()",
  );
  await eventually(async () => expect(changes(stream).length).toBeGreaterThanOrEqual(1));
  const row = await connect(browser, subject);
  await eventually(async () => expect(changes(stream).length).toBeGreaterThanOrEqual(2));
  expect(row.status).toBe("active");
});

test("a process that stops ends its streams, so that the page asks another", async () => {
  const browser = await world.signedIn();
  const other = await world.another();
  const elsewhere = browser.copy();
  elsewhere.origin = other.url;
  const stream = await watch(elsewhere);
  await other.stop();
  await expect(stream.ended).resolves.toBeUndefined();
});

describe("the attempts that a page has open", () => {
  const withAttempts = (attempts: string[]) =>
    `connections.watch?input=${encodeURIComponent(JSON.stringify({ attempts }))}`;

  async function beginScan(browser: Browser): Promise<{ attempt: string; code: string }> {
    const { text } = await browser.post("/api/trpc/connect.begin", { provider: "telegram" });
    const { result } = JSON.parse(text) as { result: { data: { attempt: string; code: string } } };
    return result.data;
  }

  test("the attempts that a page has open are told of by the page's one stream, which goes on when one of them is over", async () => {
    const browser = await world.signedIn();
    const { attempt, code } = await beginScan(browser);
    const unknown = "x".repeat(43);
    await using stream = await openStream(browser, withAttempts([attempt, unknown]));
    await eventually(async () =>
      expect(data(stream)).toContainEqual({ type: "step", attempt, step: expect.objectContaining({ code }) }),
    );
    expect(data(stream)).toContainEqual({ type: "over", attempt: unknown });
    await world.control.scanQrCode({ url: code, phone: "+12025550101" });
    await eventually(async () =>
      expect(data(stream)).toContainEqual({
        type: "step",
        attempt,
        step: expect.objectContaining({ type: "connected" }),
      }),
    );
    await eventually(async () => expect(changes(stream)).not.toEqual([]));
  });

  test("the attempts of another user are not told", async () => {
    const [browser, stranger] = [await world.signedIn(), await world.signedIn()];
    const { attempt } = await beginScan(browser);
    await using stream = await openStream(stranger, withAttempts([attempt]));
    await eventually(async () => expect(data(stream)).toContainEqual({ type: "over", attempt }));
    expect(JSON.stringify(stream.told)).not.toContain("tg://");
  });
});
