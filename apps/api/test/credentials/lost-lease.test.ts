import { randomUUID } from "node:crypto";
import type { CredentialEnd, CredentialLease } from "@patchbay/core/credentials";
import { createCredentialStore, openDatabase } from "@patchbay/core/db";
import { afterAll, beforeEach, expect, test } from "vitest";
import { getSubject } from "../harness/subjects.ts";
import { connect } from "../harness/walk.ts";
import { forgetAll, loseLease, stateOf } from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world } = await openCredentialWorld();
const database = openDatabase(world.databaseUrl, { max: 2 });
const store = createCredentialStore(database.db);

afterAll(() => database.close());
beforeEach(() => forgetAll(world));

const dead: CredentialEnd = { status: "needs_reconnect", reason: "grant_ended" };

async function take(id: string, version: number): Promise<CredentialLease> {
  const taken = await store.acquireLease({ id, version }, randomUUID(), "refresh");
  if (taken.type !== "acquired") throw new Error(`the lease is ${taken.type}`);
  return taken.lease;
}

/** What a holder may do with a credential of the version that it took, and that needs its lease. */
const writes: Record<string, (late: CredentialLease) => Promise<unknown>> = {
  end: (late) => store.markDead(late, dead),
  rest: (late) => store.backOff(late, { seconds: 900, unsettled: false, paused: false }),
  confirm: (late) => store.confirmAlive(late, { maintainInSeconds: 60, subscribesToEvents: false }),
  renew: (late) =>
    store.storeRenewal(late, {
      secret: Buffer.of(1),
      expiresInSeconds: 60,
      refreshExpiresInSeconds: undefined,
      maintainInSeconds: 60,
      backOffSeconds: undefined,
      subscribesToEvents: false,
      isOnlyRenewal: false,
      keepsLease: false,
    }),
};

test.each(Object.entries(writes))(
  "a holder whose lease ran out and went to another changes nothing by %s, though the version is the same",
  async (_name, write) => {
    const zoom = getSubject("zoom");
    const row = await connect(await world.signedIn(), zoom);
    const { id, version } = await stateOf(world, row.id);
    const stored = () =>
      world.sql(
        `select k.*, (select array_agg(j.run_at) from patchbay_worker.jobs j where j.key = 'keep:' || k.id) as planned
         from credential k where id = $1`,
        [id],
      );
    const late = await take(id, version);
    await loseLease(world, row.id);
    const holder = await take(id, version);
    const before = await stored();
    expect([undefined, false]).toContain(await write(late));
    expect(await stored()).toEqual(before);
    expect(await store.markDead(holder, dead)).toBe(true);
  },
);
