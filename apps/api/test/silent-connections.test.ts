import { setTimeout as sleep } from "node:timers/promises";
import { isDatabaseUnavailable, openDatabase, openNotifications } from "@patchbay/core/db";
import { expect, test } from "vitest";
import { createBackEnd, entryOf, newKey, type Said } from "./harness/back-end.ts";
import { query } from "./harness/database.ts";
import { openWorld } from "./harness/open-world.ts";
import { newcomer } from "./harness/probe.ts";
import { environmentOf, startProcess } from "./harness/process.ts";
import { createProxy } from "./harness/proxy.ts";
import { getSubject } from "./harness/subjects.ts";
import { connect } from "./harness/walk.ts";

// A connection may fall silent without being closed: a balancer forgets it, a network splits. Bounds are generous.

const key = newKey();

const world = await openWorld({ env: { WORKERS: "0" } });
const { id: connection } = await connect(await newcomer(world), getSubject("calendly"));
const [row] = await world.sql<{ user_id: string }>("select user_id from connection where id = $1", [connection]);
const user = row?.user_id ?? "";

const soon = (check: () => unknown, timeout = 60_000) => expect.poll(check, { timeout, interval: 500 });

async function behind(databaseUrl: string, env: Record<string, string> = {}) {
  const own = await startProcess({
    ...(await environmentOf(world)),
    DATABASE_URL: databaseUrl,
    SERVICE_KEYS: entryOf("crm", key),
    ...env,
  });
  return { own, backEnd: createBackEnd(own.url, key) };
}

async function timed(asking: Promise<Said>) {
  const began = performance.now();
  const { status, json, headers } = await asking;
  return {
    status,
    code: json["code"],
    retryAfter: headers["retry-after"],
    seconds: (performance.now() - began) / 1000,
  };
}

test("connections that fall silent are thrown away: back ends are told to come again, and then served", async () => {
  await using proxy = await createProxy(world.databaseUrl);
  const { own, backEnd } = await behind(proxy.through(world.databaseUrl), { WORKERS: "4" });
  await using _end = own;
  // As many as the pool holds, so that all of its connections are there when silence falls.
  await Promise.all(Array.from({ length: 30 }, () => backEnd.token(connection)));
  proxy.silence();
  const first = await Promise.all(Array.from({ length: 12 }, () => timed(backEnd.token(connection))));
  for (const { status, code, retryAfter, seconds } of first.filter((answer) => answer.status !== 200)) {
    expect({ status, code, retryAfter }).toEqual({ status: 503, code: "database_unavailable", retryAfter: "5" });
    expect(seconds).toBeLessThan(40);
  }
  expect(first.some(({ status }) => status === 503)).toBe(true);
  expect(await fetch(`${own.url}/healthz`)).toMatchObject({ status: 200 });
  await soon(async () => (await backEnd.token(connection)).status).toBe(200);
  // Also those that only listen, for jobs and for news.
  await soon(() => proxy.held()).toBe(0);
  own.child.kill("SIGTERM");
  expect(await own.exited).toEqual([0, null]);
}, 180_000);

test("a database that takes connections and says nothing is unavailable, not waited for, and no stop waits for it", async () => {
  await using proxy = await createProxy(world.databaseUrl);
  const { own, backEnd } = await behind(proxy.through(world.databaseUrl));
  await using _end = own;
  proxy.silence(true);
  const answers = await Promise.all(Array.from({ length: 15 }, () => timed(backEnd.list(user))));
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 503, code: "database_unavailable" });
    expect(answer.seconds).toBeLessThan(40);
  }
  const signedIn = await fetch(`${own.url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "ada@example.com", password: "correct horse battery" }),
  });
  expect({ status: signedIn.status, body: await signedIn.json() }).toMatchObject({
    status: 503,
    body: { code: "database_unavailable" },
  });
  const began = performance.now();
  expect((await fetch(`${own.url}/readyz`)).status).toBe(503);
  expect(performance.now() - began).toBeLessThan(10_000);
  proxy.open();
  await soon(async () => (await backEnd.list(user)).status).toBe(200);
  await soon(async () => (await fetch(`${own.url}/readyz`)).status).toBe(200);
  proxy.silence(true);
  own.child.kill("SIGTERM");
  expect(await Promise.race([own.exited, sleep(60_000)])).toEqual([0, null]);
}, 240_000);

test("news whose line has fallen silent come on another one, and everybody looks", async () => {
  await using proxy = await createProxy(world.databaseUrl);
  const news = await openNotifications({ url: proxy.through(world.databaseUrl), lost: () => {} });
  let heard = 0;
  news.subscribe("somebody", () => (heard += 1));
  proxy.silence();
  await soon(() => heard).toBe(1);
  await world.sql("select pg_notify('patchbay', 'user:somebody')");
  await soon(() => heard).toBe(2);
  proxy.silence(true);
  await Promise.race([news.close(), sleep(30_000).then(() => expect.fail("it does not close"))]);
}, 120_000);

test("a statement that takes long is given up with its connection, and the next one is served", async () => {
  const database = openDatabase(world.databaseUrl, { max: 1, patienceMs: 500 });
  const slow = await database.pool.query("select pg_sleep(30)").catch((failure: unknown) => failure);
  expect(slow).toMatchObject({ message: "The database has not answered for 0.5 s." });
  expect(isDatabaseUnavailable(slow)).toBe(true);
  expect((await database.pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  const wrong = await database.pool.query("select nonsense").catch((failure: unknown) => failure);
  expect(isDatabaseUnavailable(wrong)).toBe(false);
  await database.close();
}, 30_000);

test("a value that cannot be written is a bug, and no database that is away", async () => {
  const database = openDatabase(world.databaseUrl, { max: 1 });
  const unwritable = { toPostgres: () => expect.fail("not written") };
  const bug = await database.pool.query("select $1::text", [unwritable]).catch((failure: unknown) => failure);
  expect(bug).toMatchObject({ message: "not written" });
  expect(isDatabaseUnavailable(bug)).toBe(false);
  expect((await database.pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await database.close();
}, 30_000);

test("while this process itself stands still, nobody is silent", async () => {
  const database = openDatabase(world.databaseUrl, { max: 1, patienceMs: 4_000 });
  await database.pool.query("select 1");
  const asked = database.pool.query("select 1 as one, pg_sleep(0.5)");
  await sleep(200);
  setImmediate(() => {
    const until = performance.now() + 6_000;
    while (performance.now() < until);
  });
  expect((await asked).rows).toMatchObject([{ one: 1 }]);
  await database.close();
}, 30_000);

test("connections that are replaced are handed to nobody meanwhile", async () => {
  const database = openDatabase(world.databaseUrl, { max: 4 });
  const ask = () => Promise.all(Array.from({ length: 4 }, () => database.pool.query("select 1 as one")));
  await ask();
  const readOnly = "do $$ begin raise exception using errcode = '25006'; end $$";
  await expect(database.pool.query(readOnly)).rejects.toMatchObject({ code: "25006" });
  for (const { rows } of await ask()) expect(rows).toEqual([{ one: 1 }]);
  await database.close();
}, 30_000);

test("a database that takes no writes is not ready, and what would write is told to come again", async () => {
  const name = new URL(world.databaseUrl).pathname.slice(1);
  const { own, backEnd } = await behind(world.databaseUrl);
  await using _end = own;
  // A session of its own setting, which the database's does not bind.
  const outside = new URL(world.databaseUrl);
  outside.searchParams.set("options", "-c default_transaction_read_only=off");
  const set = (value: string) =>
    query(outside.href, `alter database ${name} set default_transaction_read_only = ${value}`);
  await set("on");
  try {
    // Those of this database alone: files run beside one another on one server.
    const others = "datname = current_database() and pid <> pg_backend_pid()";
    await query(outside.href, `select pg_terminate_backend(pid) from pg_stat_activity where ${others}`);
    await soon(async () => (await fetch(`${own.url}/readyz`)).status).toBe(503);
    await query(outside.href, "update credential set expires_at = now()");
    expect(await timed(backEnd.token(connection))).toMatchObject({ status: 503, code: "database_unavailable" });
  } finally {
    await set("off");
  }
  // Without anybody ending them: connections that may only read are replaced by themselves.
  await soon(async () => (await fetch(`${own.url}/readyz`)).status).toBe(200);
  await soon(async () => (await backEnd.token(connection)).status).toBe(200);
}, 180_000);
