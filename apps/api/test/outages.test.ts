import { setTimeout as sleep } from "node:timers/promises";
import { openNotifications } from "@patchbay/core/db";
import { expect, test } from "vitest";
import { entryOf, newKey } from "./harness/back-end.ts";
import { openWorld } from "./harness/open-world.ts";
import { environmentOf, startProcess } from "./harness/process.ts";
import { watchFor } from "./harness/probe.ts";
import { getSubject } from "./harness/subjects.ts";
import { bodyOf, connect, land, list } from "./harness/walk.ts";
import { expire, stateOf, withoutDatabase } from "./credentials/credential-process.ts";

const world = await openWorld({ env: { WORKERS: "0" } });

const [calendly, zoom] = [getSubject("calendly"), getSubject("zoom")];
const subscriptions = { host: "api.calendly.com", path: "/webhook_subscriptions" };

const until = (check: () => Promise<void>) =>
  expect.poll(async () => await check().then(() => "", String), { timeout: 40_000, interval: 200 }).toBe("");

/** Adds a job that does nothing, and waits until it is done. */
async function expectJobsDone(): Promise<void> {
  await world.sql("select patchbay_worker.add_job('webhooks', job_key := 'later')");
  await until(async () => {
    expect(await world.sql("select from patchbay_worker.jobs where key = 'later'")).toEqual([]);
  });
}

const asked = async () =>
  (await world.control.listCalls()).calls.filter(({ path }) => path === subscriptions.path).length;

test("a job that ends while the database is away is done again, and the process and its later jobs go on", async () => {
  await connect(await world.signedIn(), calendly);
  await world.sql("delete from patchbay_worker._private_jobs where key not like 'subscribe:%'");
  await world.control.failRequests({ ...subscriptions, delayMs: 2_500, times: 1 });
  const registering = await watchFor(world, subscriptions);
  await using own = await startProcess({ ...(await environmentOf(world)), WORKERS: "4" });
  await registering();
  await withoutDatabase(world, () => sleep(3_500));
  await expectJobsDone();
  await until(async () => {
    expect(await world.sql("select from patchbay_worker.jobs where key like 'subscribe:%'")).toEqual([]);
  });
  expect(await asked()).toBeGreaterThanOrEqual(2);
  expect(own.child.exitCode).toBeNull();
  own.child.kill("SIGTERM");
  expect(await own.exited).toEqual([0, null]);
}, 90_000);

test("a grant that comes while the database is away is ended where it can be, and it is said that the database is away", async () => {
  const browser = await world.signedIn();
  const body = bodyOf(calendly, await land(browser, calendly));
  const before = (await world.control.listRefreshableGrants(calendly.id)).length;
  await world.control.failRequests({ ...calendly.token, delayMs: 3_000 });
  const exchanging = await watchFor(world, calendly.token);
  const posted = browser.post("/api/v1/channels/calendly/connect", body);
  await exchanging();
  await withoutDatabase(world, async () => {
    expect((await posted).json).toMatchObject({ code: "database_unavailable" });
  });
  expect((await world.control.listRefreshableGrants(calendly.id)).length).toBe(before);
  expect(world.logged()).toMatch(
    /a grant could neither be stored as a connection nor as an orphaned grant.*"errors":\[/,
  );
}, 90_000);

test("workers that end by themselves are begun again, and do not stand in the way of a stop", async () => {
  await using own = await startProcess({ ...(await environmentOf(world)), WORKERS: "2" });
  await expectJobsDone();
  // As where another process migrates the queue.
  await world.sql(`select pg_notify('worker:migrate', '{"breaking": true, "migrationNumber": 1}')`);
  await sleep(1_000);
  await expectJobsDone();
  await world.sql(`select pg_notify('worker:migrate', '{"breaking": true, "migrationNumber": 1}')`);
  await sleep(100);
  own.child.kill("SIGTERM");
  // The status is graphile-worker's.
  expect(await Promise.race([own.exited, sleep(20_000)])).toEqual([57, null]);
}, 60_000);

test("a stop waits for tokens that a provider is about to give, though nobody waits for the answer any more", async () => {
  const { id } = await connect(await world.signedIn(), zoom);
  await expire(world, id);
  await world.control.failRequests({ ...zoom.token, delayMs: 3_000 });
  const key = newKey();
  const env = { ...(await environmentOf(world)), WORKERS: "0", SERVICE_KEYS: entryOf("crm", key) };
  await using own = await startProcess(env);
  const [refreshing, leaving] = [await watchFor(world, zoom.token), new AbortController()];
  const asked = fetch(`${own.url}/api/v1/connections/${id}/token`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    signal: leaving.signal,
  });
  await refreshing();
  leaving.abort();
  await expect(asked).rejects.toThrow("aborted");
  own.child.kill("SIGTERM");
  expect(await own.exited).toEqual([0, null]);
  expect(await stateOf(world, id)).toMatchObject({ version: 2, unsettled: false });
}, 30_000);

test("a stop waits for a grant that is being fetched, though its page is gone", async () => {
  const browser = await world.signedIn();
  const landing = await land(browser, zoom);
  await world.control.failRequests({ ...zoom.token, delayMs: 3_000 });
  await using own = await startProcess({ ...(await environmentOf(world)), WORKERS: "0" });
  const [exchanging, leaving] = [await watchFor(world, zoom.token), new AbortController()];
  const posted = fetch(`${own.url}/api/v1/channels/zoom/connect`, {
    method: "POST",
    headers: {
      cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      "content-type": "application/json",
    },
    body: JSON.stringify(bodyOf(zoom, landing)),
    signal: leaving.signal,
  });
  await exchanging();
  leaving.abort();
  await expect(posted).rejects.toThrow("aborted");
  own.child.kill("SIGTERM");
  expect(await own.exited).toEqual([0, null]);
  expect(await list(browser)).toMatchObject([{ provider: "zoom", status: "active" }]);
}, 30_000);

test("a stop waits for tokens that a job is about to be given, also one of workers that broke off", async () => {
  const { id } = await connect(await world.signedIn(), zoom);
  const { id: credential, version } = await stateOf(world, id);
  await world.sql("delete from patchbay_worker._private_jobs");
  await world.sql("select patchbay_worker.add_job('keep', json_build_object('credential', $1::text))", [credential]);
  await expire(world, id);
  await world.control.failRequests({ ...zoom.token, delayMs: 5_000 });
  await using own = await startProcess({ ...(await environmentOf(world)), WORKERS: "2" });
  await until(async () => expect(await stateOf(world, id)).toMatchObject({ unsettled: true }));
  // Longer than it takes until an idle worker asks for a job and finds that the database is away.
  await withoutDatabase(world, () => sleep(2_500));
  own.child.kill("SIGTERM");
  expect(await own.exited).toEqual([0, null]);
  expect(await stateOf(world, id)).toMatchObject({ version: version + 1, unsettled: false });
}, 60_000);

test("news that are closed while their line is being opened again leave none open", async () => {
  const lines = async () =>
    (
      await world.sql(
        "select from pg_stat_activity where application_name = 'patchbay notifications' and datname = current_database()",
      )
    ).length;
  // The world's own, which an earlier outage may have taken.
  await until(async () => expect(await lines()).toBe(1));
  const news = await openNotifications({ url: world.databaseUrl, lost: () => {} });
  let closed: Promise<void> | undefined;
  await withoutDatabase(world, async () => {
    await sleep(600);
    closed = news.close();
  });
  await closed;
  // Longer than it pauses at the most. The world's own line is back by then.
  await sleep(6_000);
  expect(await lines()).toBe(1);
}, 30_000);
