import { setTimeout as sleep } from "node:timers/promises";
import { createCredentialStore, openDatabase } from "@patchbay/core/db";
import { describe, expect } from "vitest";
import { watchFor } from "../harness/probe.ts";
import { subjects } from "../harness/subjects.ts";
import { disconnect, list } from "../harness/walk.ts";
import { countRefreshes, createConnectedTest, failToken } from "./connected.ts";
import { createCredentialProcess, expire, loseLease, notices, stateOf, withoutDatabase } from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const [one, other] = [openProcess(), openProcess()];

const refreshing = subjects.filter(({ refreshToken }) => refreshToken !== "none");

describe.each(refreshing)("$id: a lease that runs out", (subject) => {
  const test = createConnectedTest(world, subject);

  test("a process that stood still until its lease was about to run out sends nothing", async ({ row }) => {
    await expire(world, row.id);
    await using paused = createCredentialProcess(world, {
      store: (reached) => ({
        ...reached,
        acquireLease: async (...given) => {
          const take = await reached.acquireLease(...given);
          return take.type === "acquired" ? { ...take, seconds: 10 } : take;
        },
      }),
    });
    expect(await paused.tryIssue(row.id)).toMatchObject({ code: "provider_unavailable" });
    expect(await countRefreshes(world)).toBe(0);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", leased: false, unsettled: false });
  });

  test("50. a process that was gone for longer than its lease cannot write", async ({ row }) => {
    const database = openDatabase(world.databaseUrl, { max: 1 });
    const store = createCredentialStore(database.db);
    const { id, version } = await stateOf(world, row.id);
    const late = "00000000-0000-4000-8000-000000000001";
    const take = await store.acquireLease({ id, version }, late, "refresh");
    if (take.type !== "acquired") throw new Error("not taken");
    expect(take.unsettled).toBe(false);
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    await loseLease(world, row.id);
    await expire(world, row.id);
    await one.tryIssue(row.id);
    const stale = {
      secret: Buffer.from("stale"),
      expiresInSeconds: 60,
      refreshExpiresInSeconds: undefined,
      maintainInSeconds: 50,
      backOffSeconds: undefined,
      subscribesToEvents: false,
    };
    for (const only of [false, true])
      expect(
        await store.storeRenewal(take.lease, { ...stale, isOnlyRenewal: only, keepsLease: false }),
      ).toBeUndefined();
    expect(await store.markDead(take.lease, { status: "revoked", reason: "grant_ended" })).toBe(false);
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    await database.close();
  });
});

describe.each(refreshing)("$id: a refresh that is interrupted", (subject) => {
  const test = createConnectedTest(world, subject);

  test("49. a refresh whose answer was lost is settled by what the provider allows", async ({ row }) => {
    await expire(world, row.id);
    await failToken(world, subject, { drop: "after" });
    expect(await one.tryIssue(row.id)).toMatchObject({ code: "provider_unavailable" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", unsettled: true });
    await loseLease(world, row.id);
    const settled = await other.tryIssue(row.id);
    const strict = subject.refreshToken === "single-use";
    expect(settled).toMatchObject(strict ? { code: "needs_reconnect", reason: "refresh_lost" } : { type: "bearer" });
    expect(await notices(world, row.id, "needs_reconnect")).toBe(strict ? 1 : 0);
    // A provider that can be asked whether a token lives is not sent the refresh token again.
    expect(await countRefreshes(world)).toBe(subject.introspection ? 1 : 2);
  });

  test("a refresh that was recorded and never sent, for its process was killed, is carried out by another", async ({
    row,
  }) => {
    await expire(world, row.id);
    const { id, version } = await stateOf(world, row.id);
    const database = openDatabase(world.databaseUrl, { max: 1 });
    await createCredentialStore(database.db).acquireLease(
      { id, version },
      "00000000-0000-4000-8000-000000000002",
      "refresh",
    );
    await database.close();
    const waiting = one.tryIssue(row.id);
    await sleep(300);
    expect(await countRefreshes(world)).toBe(0);
    await loseLease(world, row.id);
    expect(await waiting).toMatchObject({ type: "bearer" });
    expect(await countRefreshes(world)).toBe(1);
  });

  test("56. a disconnect during a refresh leaves nothing behind, here or at the provider", async ({ row, browser }) => {
    await expire(world, row.id);
    await failToken(world, subject, { delayMs: 2_000 });
    const sent = await watchFor(world, subject.token);
    const slow = one.tryIssue(row.id);
    await sent();
    const { id } = await stateOf(world, row.id);
    expect((await disconnect(browser, subject, row.id)).status).toBe(200);
    expect(await slow).toMatchObject({ code: "connection_unknown" });
    const jobs = await world.sql("select from patchbay_worker.jobs where key = $1", [`keep:${id}`]);
    const revoking = await world.sql("select from patchbay_worker.jobs where key = $1", [`revoke:${id}`]);
    expect(revoking).toHaveLength(1);
    const [left] = await world.sql<{ status: string; version: number }>(
      "select status, version from credential where id = $1",
      [id],
    );
    expect(left).toMatchObject({ status: "disconnecting", version: 2 });
    expect(jobs.length).toBeLessThanOrEqual(1);
    await one.maintain(id);
    expect(await list(browser)).toEqual([]);
  });

  test("57. a database that is gone when the answer comes is waited for, and the new tokens are not lost", async ({
    row,
  }) => {
    await expire(world, row.id);
    await failToken(world, subject, { delayMs: 1_000 });
    const sent = await watchFor(world, subject.token);
    const slow = one.tryIssue(row.id);
    await sent();
    await withoutDatabase(world, () => sleep(1_500));
    expect(await slow).toMatchObject({ type: "bearer" });
    expect(await countRefreshes(world)).toBe(1);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", version: 2, unsettled: false });
  });
});
