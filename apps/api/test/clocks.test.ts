import { afterAll, expect, test } from "vitest";
import { createBackEnd, entryOf, newKey } from "./harness/back-end.ts";
import { openWorld } from "./harness/open-world.ts";
import { newcomer, watchFor } from "./harness/probe.ts";
import { environmentOf, startProcess } from "./harness/process.ts";
import { getSubject } from "./harness/subjects.ts";
import { begin, connect, decide, finish, list } from "./harness/walk.ts";
import { countRefreshes, failToken } from "./credentials/connected.ts";
import { expire } from "./credentials/credential-process.ts";

const key = newKey();
const zoom = getSubject("zoom");
const world = await openWorld({ env: { WORKERS: "0" } });

/** A module that moves the clock of the process which imports it. */
const movedClock = (minutes: number) => `const { now } = Date;
globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length === 0 ? [Date.now()] : given));
  }
  static now() {
    return now() + ${minutes * 60_000};
  }
};`;

/** Starts a process whose clock is some minutes ahead, or behind. */
async function startWithClock(minutes: number) {
  const own = await startProcess({
    ...(await environmentOf(world)),
    WORKERS: "0",
    SERVICE_KEYS: entryOf("crm", key),
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(movedClock(minutes))}`,
  });
  const askForToken = async (connection: number) => {
    const { status, json } = await createBackEnd(own.url, key).token(connection);
    return { status, token: json["accessToken"] };
  };
  return { ...own, askForToken };
}

// Five minutes each way: two servers whose clocks nobody sets.
const [behind, ahead] = await Promise.all([startWithClock(-5), startWithClock(5)]);
afterAll(() => Promise.all([behind, ahead].map((own) => own[Symbol.asyncDispose]())));

test("55. two processes whose clocks differ agree when a token has ended, and who refreshes it", async () => {
  const { id } = await connect(await newcomer(world), zoom);

  // The database gives it two more minutes. By the clock that is ahead, it has ended.
  await expire(world, id, 120);
  const valid = await ahead.askForToken(id);
  expect(valid).toEqual({ status: 200, token: expect.any(String) });
  expect(await behind.askForToken(id)).toEqual(valid);
  expect(await countRefreshes(world)).toBe(0);

  // In the database it has ended. By the clock that is behind, it has four more minutes.
  await expire(world, id, -60);
  await failToken(world, zoom, { delayMs: 1_500 });
  const sent = await watchFor(world, zoom.token);
  const first = behind.askForToken(id);
  await sent();
  // By the clock that is ahead, the other's lease has run out.
  const second = await ahead.askForToken(id);
  expect(second).toEqual(await first);
  expect(second).toEqual({ status: 200, token: expect.any(String) });
  expect(second.token).not.toBe(valid.token);
  expect(await countRefreshes(world)).toBe(1);
});

test("55. a token lasts as long as its provider says, whatever the clock of the process that refreshed it", async () => {
  const { id } = await connect(await newcomer(world), zoom);
  for (const own of [behind, ahead]) {
    await expire(world, id);
    expect(await own.askForToken(id)).toMatchObject({ status: 200 });
    const [row] = await world.sql<{ minutes: number }>(
      `select extract(epoch from k.expires_at - now())::float8 / 60 as minutes
         from credential k join connection c on c.credential_id = k.id where c.id = $1`,
      [id],
    );
    expect(Math.abs((row?.minutes ?? 0) - 60)).toBeLessThan(2);
  }
});

test("55. an attempt that one process began is finished in another whose clock is ten minutes ahead of it", async () => {
  const browser = await newcomer(world);
  browser.origin = behind.url;
  const { pathname, search } = await decide(await begin(browser, zoom), "allow", zoom.person);
  browser.origin = ahead.url;
  const { location } = await browser.get(`${pathname}${search}`);
  if (location === undefined) throw new Error("no landing");
  expect((await finish(browser, zoom, location))?.status).toBe(200);
  expect(await list(browser)).toMatchObject([{ provider: "zoom", status: "active" }]);
});
