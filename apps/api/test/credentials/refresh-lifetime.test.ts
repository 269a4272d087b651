import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import { subjects } from "../harness/subjects.ts";
import { connect } from "../harness/walk.ts";
import { countRefreshes, createConnectedTest } from "./connected.ts";
import { dueIn, expire, expireSealed, loseLease, stateOf } from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const [one, other] = [openProcess(), openProcess()];

const refreshing = subjects.filter(({ refreshToken }) => refreshToken !== "none");

describe.each(refreshing)("$id: the lifetime of a token", (subject) => {
  const test = createConnectedTest(world, subject);

  test.for([0, -5, "soon"])("41. a token that ends in %j seconds lasts as documented", async (ends, { row }) => {
    await world.control.changeProvider({ provider: subject.id, token: { expires_in: ends } });
    const { id } = await stateOf(world, row.id);
    await expire(world, row.id);
    await one.maintain(id);
    expect(await dueIn(world, row.id, "keep")).toBeGreaterThan(3_600 * 0.74);
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await countRefreshes(world)).toBe(1);
  });

  test("a token that ends very soon is not refreshed again at once by a job, but by whoever asks", async ({ row }) => {
    await world.control.changeProvider({ provider: subject.id, token: { expires_in: 1 } });
    const { id } = await stateOf(world, row.id);
    await expire(world, row.id);
    await one.maintain(id);
    expect(await dueIn(world, row.id, "keep")).toBeGreaterThan(55);
    // Until the token has ended.
    await sleep(1_000);
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await countRefreshes(world)).toBe(2);
    expect(await dueIn(world, row.id, "keep")).toBeGreaterThan(55);
  });

  test("a token whose answer does not say when it ends lasts as long as the one before", async ({ row }) => {
    await world.control.changeProvider({ provider: subject.id, token: { expires_in: null } });
    await expireSealed(world, row.id);
    await expire(world, row.id, 60);
    const { id } = await stateOf(world, row.id);
    for (const round of [1, 2]) {
      await one.maintain(id);
      expect(await countRefreshes(world)).toBe(round);
      const due = await dueIn(world, row.id, "keep");
      expect(due).toBeGreaterThan(3660 * 0.74);
      expect(due).toBeLessThan(3660 * 0.86);
      expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer", expiresAt: expect.any(String) });
      await world.sql(
        "update credential set issued_at = issued_at - interval '1 hour', expires_at = expires_at - interval '1 hour' where id = $1",
        [id],
      );
    }
  });

  test("41. a token whose first answer does not say when it ends is refreshed once to learn it", async () => {
    const before = await countRefreshes(world);
    await world.control.changeProvider({ provider: subject.id, token: { expires_in: null } });
    const { id } = await connect(await world.signedIn(), subject);
    // The answer to the refresh does not say it either: then it is as documented.
    for (const _time of [1, 2]) {
      expect(await one.tryIssue(id)).toMatchObject({ type: "bearer", expiresAt: expect.any(String) });
      expect(await countRefreshes(world)).toBe(before + 1);
    }
    const due = await dueIn(world, id, "keep");
    expect(due).toBeGreaterThan(3_600 * 0.74);
    expect(due).toBeLessThan(28_800 * 0.86);
  });

  test.skipIf(subject.refreshToken === "lasting")(
    "41. a new refresh token beside an access token that cannot be used is kept, and brings the next",
    async ({ row }) => {
      await world.control.changeProvider({ provider: subject.id, token: { token_type: "mac" } });
      await expire(world, row.id);
      expect(await one.tryIssue(row.id)).toMatchObject({ code: "provider_misbehaved" });
      await world.control.changeProvider({ provider: subject.id, token: {} });
      await loseLease(world, row.id);
      expect(await other.tryIssue(row.id)).toMatchObject({ type: "bearer" });
      expect(await stateOf(world, row.id)).toMatchObject({ status: "active", unsettled: false });
    },
  );

  test("a token is refreshed ahead of need, at three quarters of its life or a little later", async ({ row }) => {
    const { id } = await stateOf(world, row.id);
    const [job] = await world.sql<{ at: number; life: number }>(
      `select extract(epoch from j.run_at - k.issued_at)::float8 as at, extract(epoch from k.expires_at - k.issued_at)::float8 as life
       from patchbay_worker.jobs j, credential k where j.key = 'keep:' || k.id and k.id = $1`,
      [id],
    );
    expect(job && job.at / job.life).toBeGreaterThanOrEqual(0.74);
    expect(job && job.at / job.life).toBeLessThanOrEqual(0.86);
    await one.maintain(id);
    expect(await countRefreshes(world)).toBe(0);
    await world.sql(
      "update credential set expires_at = now() + (expires_at - issued_at) * 0.2, issued_at = now() - (expires_at - issued_at) * 0.8 where id = $1",
      [id],
    );
    await Promise.all([one.maintain(id), other.maintain(id)]);
    expect(await countRefreshes(world)).toBe(1);
    expect(await stateOf(world, row.id)).toMatchObject({ version: 2, status: "active" });
  });
});
