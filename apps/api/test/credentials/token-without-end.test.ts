import { beforeEach, expect, test } from "vitest";
import { getSubject } from "../harness/subjects.ts";
import { connect, disconnect, list } from "../harness/walk.ts";
import { dueIn, forgetAll, loseLease, notices, stateOf } from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const credentials = openProcess();
const shopify = getSubject("shopify");

beforeEach(async () => {
  await Promise.all([world.control.reset(), forgetAll(world)]);
  await world.control.changeProvider({ provider: "shopify", nonExpiring: true });
});

const removeThere = () => world.control.removeApp({ provider: "shopify", person: shopify.person, deliver: false });

test("a token without an end is kept, handed out, asked about, and ended", async () => {
  const browser = await world.signedIn();
  const row = await connect(browser, shopify);
  const { id } = await stateOf(world, row.id);
  expect(await credentials.tryIssue(row.id)).toMatchObject({ type: "bearer", expiresAt: null });
  await credentials.maintain(id);
  expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 0, leased: false });
  expect(await dueIn(world, row.id, "keep")).toBeGreaterThan(4 * 3600);
  expect((await disconnect(browser, shopify, row.id)).json["revocations"]).toEqual([{ outcome: "revoked" }]);
});

test("a token without an end that the store has ended is found out by asking", async () => {
  const browser = await world.signedIn();
  const row = await connect(browser, shopify);
  const { id } = await stateOf(world, row.id);
  expect((await removeThere()).ended).toBe(1);
  await loseLease(world, row.id);
  await credentials.verify(id);
  expect(await list(browser)).toMatchObject([{ status: "revoked", reason: "removed_at_provider" }]);
});

const close = () =>
  world.control.failRequests({
    host: shopify.identity.host,
    path: "/admin",
    status: 402,
    body: { errors: "Unavailable Shop" },
    times: 100,
  });

test("an account whose store is closed is paused, is told when it works again, and registers for its events then", async () => {
  const browser = await world.signedIn();
  const row = await connect(browser, shopify);
  const { id } = await stateOf(world, row.id);
  await close();
  await credentials.maintain(id);
  expect(await list(browser)).toMatchObject([{ status: "needs_reconnect", reason: "account_paused" }]);
  await world.control.cancelFailures({ host: shopify.identity.host });
  await world.sql("delete from patchbay_worker._private_jobs where key = $1", [`subscribe:${id}`]);
  await loseLease(world, row.id);
  await credentials.maintain(id);
  expect(await list(browser)).toMatchObject([{ status: "active", reason: null }]);
  expect(await notices(world, row.id, "recovered")).toBe(1);
  expect(await dueIn(world, row.id, "subscribe")).toBeLessThan(5);
  await world.sql("delete from patchbay_worker._private_jobs where key = $1", [`subscribe:${id}`]);
  await credentials.maintain(id);
  expect(await notices(world, row.id, "recovered")).toBe(1);
  expect(await dueIn(world, row.id, "subscribe")).toBeUndefined();
});

test("an account whose store is closed for more than 30 days counts as gone", async () => {
  const browser = await world.signedIn();
  const row = await connect(browser, shopify);
  const { id } = await stateOf(world, row.id);
  await close();
  await credentials.maintain(id);
  for (const [days, reason] of [
    [29, "account_paused"],
    [31, "account_gone"],
  ] as const) {
    await world.sql("update credential set paused_at = now() - make_interval(days => $2) where id = $1", [id, days]);
    await loseLease(world, row.id);
    await credentials.maintain(id);
    expect(await list(browser)).toMatchObject([{ status: "needs_reconnect", reason }]);
  }
  expect(await credentials.tryIssue(row.id)).toMatchObject({ code: "needs_reconnect", reason: "account_gone" });
  expect(await notices(world, row.id, "needs_reconnect")).toBe(1);
});
