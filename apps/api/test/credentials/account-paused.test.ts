import { beforeEach, describe, expect, test } from "vitest";
import { openNotifications } from "@patchbay/core/db";
import { getSubject } from "../harness/subjects.ts";
import { connect, disconnect, list } from "../harness/walk.ts";
import { eventually } from "../harness/probe.ts";
import {
  dueIn,
  expire,
  expireHeld,
  expireSealed,
  forgetAll,
  loseLease,
  notices,
  stateOf,
} from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const credentials = openProcess();
const shopify = getSubject("shopify");
beforeEach(async () => {
  await Promise.all([world.control.reset(), forgetAll(world)]);
});

const closed = [
  { what: "frozen", status: 402, body: { errors: "Unavailable Shop" } },
  { what: "under suspicion", status: 403, body: { errors: "Forbidden" } },
  { what: "gone", status: 404, body: { errors: "Not Found" } },
  { what: "locked", status: 423, body: { errors: "Locked" } },
];
const frozen = { status: 402, body: { errors: "Unavailable Shop" } };

const close = (answer: { status: number; body: object }) =>
  world.control.failRequests({ host: shopify.token.host, path: "/admin", ...answer, times: 100 });
const reopen = () => world.control.cancelFailures({ host: shopify.token.host });
const retryNow = (connection: number) => loseLease(world, connection);
const pausedFor = (id: string, days: number) =>
  world.sql("update credential set paused_at = now() - make_interval(days => $2) where id = $1", [id, days]);

async function connected() {
  const browser = await world.signedIn();
  const row = await connect(browser, shopify);
  const { id } = await stateOf(world, row.id);
  return { browser, row, id };
}

describe("an account that is closed at the provider for now", () => {
  test.each(closed)(
    "$what: the account is paused for user and back end, and works again once it is open",
    async ({ status, body }) => {
      const { browser, row, id } = await connected();
      await expire(world, row.id);
      await close({ status, body });
      const refused = { code: "account_paused", reason: "account_paused", status: 409 };
      expect(await credentials.tryIssue(row.id)).toMatchObject(refused);
      // While it is left alone, too.
      expect(await credentials.tryIssue(row.id)).toMatchObject(refused);
      expect(await list(browser)).toMatchObject([{ status: "needs_reconnect", reason: "account_paused" }]);
      expect(await notices(world, row.id, "paused")).toBe(1);
      expect(await notices(world, row.id, "needs_reconnect")).toBe(0);
      await retryNow(row.id);
      await credentials.maintain(id);
      expect(await notices(world, row.id, "paused")).toBe(1);
      await reopen();
      await world.sql("delete from patchbay_worker._private_jobs where key = $1", [`subscribe:${id}`]);
      await retryNow(row.id);
      await credentials.maintain(id);
      expect(await list(browser)).toMatchObject([{ id: row.id, status: "active", reason: null }]);
      expect(await credentials.tryIssue(row.id)).toMatchObject({ type: "bearer" });
      expect(await notices(world, row.id, "recovered")).toBe(1);
      // What asked in vain to be told of its events meanwhile, is asked once more.
      expect(await dueIn(world, row.id, "subscribe")).toBeLessThan(5);
    },
  );

  test("a paused account is told to open pages at once", async () => {
    const { row } = await connected();
    const news = await openNotifications({ url: world.databaseUrl, lost: () => {} });
    const [owner] = await world.sql<{ user_id: string }>("select user_id from connection where id = $1", [row.id]);
    let told = 0;
    news.subscribe(owner?.user_id ?? "", () => (told += 1));
    await expire(world, row.id);
    await close(frozen);
    await credentials.tryIssue(row.id);
    await eventually(async () => expect(told).toBe(1));
    await news.close();
  });

  test("a paused account serves a token that is still valid", async () => {
    const { row } = await connected();
    await expire(world, row.id, 30);
    await close(frozen);
    expect(await credentials.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await credentials.tryIssue(row.id)).toMatchObject({ type: "bearer" });
  });

  test("a paused account is asked about once an hour at the slowest", async () => {
    const { row, id } = await connected();
    await close(frozen);
    await world.sql("update credential set failures = 20 where id = $1", [id]);
    await expire(world, row.id);
    await credentials.maintain(id);
    const due = (await dueIn(world, row.id, "keep")) ?? 0;
    expect(due).toBeGreaterThan(1750);
    expect(due).toBeLessThanOrEqual(3600);
  });

  test("a paused account stays so while somebody else answers for it, and counts as gone after 30 days", async () => {
    const { browser, row, id } = await connected();
    await expire(world, row.id);
    await close(frozen);
    await credentials.tryIssue(row.id);
    await reopen();
    await close({ status: 404, body: {} });
    await pausedFor(id, 31);
    await retryNow(row.id);
    await credentials.maintain(id);
    expect(await list(browser)).toMatchObject([{ status: "needs_reconnect", reason: "account_paused" }]);
    await reopen();
    await close(frozen);
    await retryNow(row.id);
    await credentials.maintain(id);
    expect(await list(browser)).toMatchObject([{ status: "needs_reconnect", reason: "account_gone" }]);
    expect(await credentials.tryIssue(row.id)).toMatchObject({ code: "needs_reconnect", reason: "account_gone" });
    expect(await notices(world, row.id, "needs_reconnect")).toBe(1);
  });

  test("a paused account that is connected anew is paused no more", async () => {
    const { browser, row } = await connected();
    await expire(world, row.id);
    await close(frozen);
    await credentials.tryIssue(row.id);
    await reopen();
    await connect(browser, shopify);
    expect(await list(browser)).toMatchObject([{ id: row.id, status: "active", reason: null }]);
  });

  test("a paused account is told at a connect: nothing is wrong with the user's permissions, nor with us", async () => {
    await world.control.failRequests({ ...shopify.token, ...frozen, times: 5 });
    const failure = await connect(await world.signedIn(), shopify).catch((thrown: unknown) => String(thrown));
    expect(failure).toMatch("account_paused");
  });
});

describe("a disconnect of an account that is closed", () => {
  const receipt = {
    outcome: "retrying",
    reason: "account_paused",
    manageUrl: "https://admin.shopify.com/store/acme-goods/settings/apps",
  };

  test.each([expireSealed, undefined])(
    "a disconnect of a paused account says so and where the app can be removed, and is tried again",
    async (age) => {
      const { browser, row, id } = await connected();
      await age?.(world, row.id);
      await close(frozen);
      expect((await disconnect(browser, shopify, row.id)).json["revocations"]).toEqual([receipt]);
      await reopen();
      expect(await credentials.revoke(id)).toMatchObject({ outcome: "revoked" });
      expect(await world.control.listRefreshableGrants("shopify")).toEqual([]);
    },
  );

  test("a disconnect of a paused account lets the tokens die after 30 days", async () => {
    const { browser, row, id } = await connected();
    await close(frozen);
    await disconnect(browser, shopify, row.id);
    await pausedFor(id, 29);
    await expect(credentials.revoke(id)).rejects.toMatchObject({ code: "account_paused" });
    await pausedFor(id, 30);
    expect(await credentials.revoke(id)).toEqual({ outcome: "unsupported", manageUrl: receipt.manageUrl });
    expect(await world.sql("select from credential where id = $1", [id])).toEqual([]);
    expect(
      await world.sql("select from audit_event where action = 'ended' and details->>'outcome' = 'unsupported'"),
    ).toHaveLength(1);
  });

  test("a disconnect of a paused account counts its 30 days on, though tokens are renewed meanwhile", async () => {
    const { browser, row, id } = await connected();
    await expireSealed(world, row.id);
    // Tokens are still given; all else is closed.
    await world.control.failRequests({ ...shopify.revocation, ...frozen, times: 100 });
    await disconnect(browser, shopify, row.id);
    const days = async () => {
      const [found] = await world.sql<{ days: number }>(
        "select extract(epoch from now() - paused_at)::float8 / 86400 as days from credential where id = $1",
        [id],
      );
      return found?.days;
    };
    expect(await days()).toBeCloseTo(0, 1);
    await pausedFor(id, 29);
    await expireHeld(world, id);
    await expect(credentials.revoke(id)).rejects.toMatchObject({ code: "account_paused" });
    expect(await days()).toBeCloseTo(29, 1);
    await pausedFor(id, 31);
    await expireHeld(world, id);
    expect(await credentials.revoke(id)).toEqual({ outcome: "unsupported", manageUrl: receipt.manageUrl });
    expect(await world.sql("select from credential where id = $1", [id])).toEqual([]);
  });
});
