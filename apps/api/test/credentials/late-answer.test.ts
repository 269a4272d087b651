import { setTimeout as sleep } from "node:timers/promises";
import { createCredentialStore, openDatabase, openNotifications } from "@patchbay/core/db";
import { beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../harness/browser.ts";
import { eventually, watchFor } from "../harness/probe.ts";
import { getSubject, subjects } from "../harness/subjects.ts";
import { connect, disconnect, list, type Row } from "../harness/walk.ts";
import {
  createCredentialProcess,
  dueIn,
  expire,
  forgetAll,
  loseLease,
  notices,
  stateOf,
  type CredentialProcess,
} from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const other = openProcess();

/** A process that gets its answer, and cannot reach the database with it until its line is `mended`. */
function createCutOff() {
  const answered = Promise.withResolvers<void>();
  const mended = Promise.withResolvers<void>();
  const credentials = createCredentialProcess(world, {
    store: (reached) => ({
      ...reached,
      storeRenewal: async (...given) => {
        answered.resolve();
        await mended.promise;
        return await reached.storeRenewal(...given);
      },
    }),
  });
  return { credentials, answered: answered.promise, mend: () => mended.resolve() };
}

const strict = subjects.filter(({ refreshToken }) => refreshToken === "single-use");

describe.each(strict)("$id, new tokens that one process holds when another may take over", (subject) => {
  let browser: Browser;
  let row: Row;
  let cutOff: ReturnType<typeof createCutOff>;
  let late: ReturnType<CredentialProcess["tryIssue"]>;
  // Where the other process first hears that the refresh token is spent.
  const word = subject.introspection ?? subject.token;

  beforeEach(async () => {
    await Promise.all([world.control.reset(), forgetAll(world)]);
    browser = await world.signedIn();
    row = await connect(browser, subject);
    await expire(world, row.id);
    cutOff = createCutOff();
    late = cutOff.credentials.tryIssue(row.id);
    await cutOff.answered;
    await loseLease(world, row.id);
    return () => cutOff.credentials[Symbol.asyncDispose]();
  });

  async function expectTheyWork() {
    const handed = await late;
    expect(handed).toMatchObject({ type: "bearer" });
    expect(await other.tryIssue(row.id)).toEqual({ ...handed, expiresAt: expect.any(String) });
    const state = { status: "active", reason: null, version: 2, failures: 0, leased: false, unsettled: false };
    expect(await stateOf(world, row.id)).toMatchObject(state);
    expect(await dueIn(world, row.id, "keep")).toBeGreaterThan(60);
  }

  test("late tokens bring back a connection that the other gave up as lost, and its user is told", async () => {
    expect(await other.tryIssue(row.id)).toMatchObject({ code: "needs_reconnect", reason: "refresh_lost" });
    expect(await list(browser)).toMatchObject([{ status: "needs_reconnect" }]);
    const news = await openNotifications({ url: world.databaseUrl, lost: () => {} });
    const [owner] = await world.sql<{ user_id: string }>("select user_id from connection where id = $1", [row.id]);
    let told = 0;
    news.subscribe(owner?.user_id ?? "", () => (told += 1));
    cutOff.mend();
    await expectTheyWork();
    await eventually(async () => expect(told).toBe(1));
    await news.close();
    expect(await list(browser)).toMatchObject([{ id: row.id, status: "active", reason: null }]);
    expect(await notices(world, row.id, "needs_reconnect")).toBe(1);
    expect(await notices(world, row.id, "recovered")).toBe(1);
  });

  test("late tokens are stored while the other asks, and what that hears ends nothing", async () => {
    await world.control.failRequests({ ...word, delayMs: 2_000 });
    const heard = await watchFor(world, word);
    const asking = other.tryIssue(row.id);
    await heard();
    cutOff.mend();
    await expectTheyWork();
    expect(await asking).toMatchObject({ type: "bearer" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", version: 2, failures: 0 });
    expect(await notices(world, row.id, "needs_reconnect")).toBe(0);
  });

  test("late tokens are stored after the other had no clear answer", async () => {
    await world.control.failRequests({ ...word, status: 503 });
    expect(await other.tryIssue(row.id)).toMatchObject({ code: "provider_unavailable" });
    cutOff.mend();
    await expectTheyWork();
  });

  test("late tokens are dropped where the account was connected anew", async () => {
    await connect(browser, subject);
    const { version } = await stateOf(world, row.id);
    cutOff.mend();
    expect(await late).not.toMatchObject({ code: "needs_reconnect" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", version });
  });

  test("late tokens are dropped where the account was disconnected and connected anew, though it begins at the same version", async () => {
    await disconnect(browser, subject, row.id);
    row = await connect(browser, subject);
    expect(await stateOf(world, row.id)).toMatchObject({ version: 1 });
    cutOff.mend();
    await late;
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", version: 1 });
    expect(await other.tryIssue(row.id)).toMatchObject({ type: "bearer" });
  });

  test("late tokens are dropped where the connection was ended meanwhile, and the user is shown where to look", async () => {
    const [receipt] = (await disconnect(browser, subject, row.id)).json["revocations"] as object[];
    expect(receipt).toMatchObject({ outcome: "unsupported", manageUrl: expect.stringMatching(/^https:/) });
    cutOff.mend();
    expect(await late).toMatchObject({ code: "connection_unknown" });
    expect(await world.sql("select from credential")).toEqual([]);
  });
});

test("52. where a refresh token may be sent again, a lost lease stays lost: the next holder has tokens of its own", async () => {
  await Promise.all([world.control.reset(), forgetAll(world)]);
  const shopify = getSubject("shopify");
  const row = await connect(await world.signedIn(), shopify);
  await expire(world, row.id);
  const cutOff = createCutOff();
  const late = cutOff.credentials.tryIssue(row.id);
  await cutOff.answered;
  await loseLease(world, row.id);
  const database = openDatabase(world.databaseUrl, { max: 1 });
  const store = createCredentialStore(database.db);
  const { id, version } = await stateOf(world, row.id);
  await store.acquireLease({ id, version }, "00000000-0000-4000-8000-00000000000c", "refresh");
  await database.close();
  cutOff.mend();
  await sleep(300);
  expect(await stateOf(world, row.id)).toMatchObject({ version, leased: true });
  await loseLease(world, row.id);
  expect(await late).toMatchObject({ type: "bearer" });
  expect(await stateOf(world, row.id)).toMatchObject({ version: version + 1, status: "active" });
  await cutOff.credentials[Symbol.asyncDispose]();
});
