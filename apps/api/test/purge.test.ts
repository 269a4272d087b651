import { randomBytes } from "node:crypto";
import { abandonOverdueLogins } from "@patchbay/core/connect";
import { createAttemptStore, openDatabase } from "@patchbay/core/db";
import { createProviderHttp } from "@patchbay/core/http";
import { createRegistry } from "@patchbay/core/providers";
import { telegram, type Gateway } from "@patchbay/core/telegram";
import { afterAll, beforeEach, expect, test } from "vitest";
import { purge } from "../src/jobs/purge.ts";
import { createLog } from "../src/log.ts";
import { openWorld } from "./harness/open-world.ts";
import { getSubject, subjects } from "./harness/subjects.ts";
import { connect, disconnect } from "./harness/walk.ts";
import { forgetAll, stateOf } from "./credentials/credential-process.ts";

let user: string;

const world = await openWorld({ env: { WORKERS: "0" } });
const database = openDatabase(world.databaseUrl, { max: 2 });
afterAll(() => database.close());
beforeEach(async () => {
  await forgetAll(world);
  await world.signedIn();
  const [newest] = await world.sql<{ user_id: string }>("select user_id from session order by created_at desc limit 1");
  user = newest?.user_id ?? "";
});

/** Purges, and gives the sessions that Telegram was asked to end. */
async function purgeAll(): Promise<string[]> {
  const ended: string[] = [];
  const gateway = { logOut: async (session: string) => void ended.push(session) } as Partial<Gateway> as Gateway;
  const registry = createRegistry(
    world.config.providers.clients,
    createProviderHttp({ sandbox: world.sandbox.url }),
    telegram({ apiId: 1, apiHash: "" }, gateway),
  );
  const parts = {
    registry,
    attempts: createAttemptStore(database.db, world.config.codeLimits, []),
    seals: world.seals,
  };
  await purge({ database, registry, abandonOverdue: () => abandonOverdueLogins(parts), log: createLog("silent") });
  return ended;
}

type Ended = { session?: string; step: string | null };

/** Attempts that ended two minutes ago. Without a session their notes do not open. */
async function addEnded(count: number, { session, step }: Ended): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomBytes(32));
  const sessions = ids.map((_id, turn) => `${session} ${turn}`);
  const notes = ids.map((id, turn) =>
    session === undefined
      ? Buffer.of(0)
      : world.seals.sealState({ step: "scan", session: sessions[turn] ?? "" }, { id, provider: "telegram" }),
  );
  await world.sql(
    `insert into attempt (id, user_id, session_id, browser_hash, provider, redirect_uri, provider_state, current_step, status, expires_at)
     select id, $1, (select id from session where user_id = $1 limit 1),
            sha256('b'), 'telegram', '', notes, $2, 'awaiting_user', now() - interval '2 minutes'
     from unnest($3::bytea[], $4::bytea[]) as a (id, notes)`,
    [user, step, ids, notes],
  );
  return sessions;
}

test("walks that are over are all given up, whatever their number, and nothing stays behind", async () => {
  const sessions = await addEnded(230, { session: "s", step: "scan" });
  await addEnded(3, { step: null });
  expect((await purgeAll()).toSorted()).toEqual(sessions.toSorted());
  expect(await world.sql("select from attempt")).toEqual([]);
});

test("a walk outlives its user and the connection that it was to renew, until its login is given up", async () => {
  const sessions = await addEnded(2, { session: "s", step: "scan" });
  await world.sql("update attempt set reconnect_connection_id = 1");
  await world.sql(`delete from "user" where id = $1`, [user]);
  await world.sql("delete from connection");
  expect((await purgeAll()).toSorted()).toEqual(sessions.toSorted());
  expect(await world.sql("select from attempt")).toEqual([]);
});

test("walks whose notes do not open stand in nobody's way", async () => {
  await addEnded(120, { step: "scan" });
  const sessions = await addEnded(2, { session: "s", step: "scan" });
  expect((await purgeAll()).toSorted()).toEqual(sessions.toSorted());
  expect(await world.sql("select from attempt")).toEqual([]);
});

test("sessions, verifications and counts that are over are deleted, and no others", async () => {
  await world.sql(
    `insert into session (id, token, user_id, expires_at)
     select id, 'token ' || id, $1, now() + until::interval
     from (values ('over', '-1 second'), ('live', '1 hour')) as s (id, until)`,
    [user],
  );
  await world.sql(
    `insert into verification (id, identifier, value, expires_at)
     values ('over', 'i', 'v', now() - interval '1 second'), ('live', 'i', 'v', now() + interval '1 hour')`,
  );
  await world.sql(
    `insert into rate_limit (kind, subject, count, expires_at)
     values ('k', 'over', 1, now() - interval '1 second'), ('k', 'live', 1, now() + interval '1 hour')`,
  );
  await purgeAll();
  expect(await world.sql("select id from session where id in ('over', 'live')")).toEqual([{ id: "live" }]);
  expect(await world.sql("select id from verification")).toEqual([{ id: "live" }]);
  const left = "select convert_from(subject, 'utf8') as subject from rate_limit where kind = 'k'";
  expect(await world.sql(left)).toEqual([{ subject: "live" }]);
});

test("counts of failed verifications are deleted when they no longer count", async () => {
  const add = `insert into failed_verification (user_id, subject, question, count, expires_at)
               values ($1, sha256('s'), $2, 5, now() + $3::interval)`;
  await world.sql(add, [user, "code", "-1 second"]);
  await world.sql(add, [user, "password", "1 hour"]);
  await purgeAll();
  expect(await world.sql("select question from failed_verification")).toEqual([{ question: "password" }]);
});

test.each(subjects.map((subject) => [subject.id, subject] as const))(
  "an account at %s that nobody looks after is looked after again, and no other is touched",
  async (_id, subject) => {
    const row = await connect(await world.signedIn(), subject);
    const { id } = await stateOf(world, row.id);
    const job = async () =>
      (await world.sql<{ run_at: Date }>("select run_at from patchbay_worker.jobs where key = $1", [`keep:${id}`]))[0];
    const planned = await job();
    await purgeAll();
    expect(await job()).toEqual(planned);
    await world.sql("delete from patchbay_worker._private_jobs where key = $1", [`keep:${id}`]);
    await purgeAll();
    expect((await job())?.run_at.getTime()).toBeLessThan(Date.now() + 310_000);
    await world.sql(
      "update patchbay_worker._private_jobs set attempts = max_attempts, run_at = now() + interval '1 day' where key = $1",
      [`keep:${id}`],
    );
    await purgeAll();
    expect((await job())?.run_at.getTime()).toBeLessThan(Date.now() + 310_000);
  },
);

test("a revocation that failed too often is taken up again, and one that is still being tried is left alone", async () => {
  const zoom = getSubject("zoom");
  const browser = await world.signedIn();
  const row = await connect(browser, zoom);
  const { id } = await stateOf(world, row.id);
  await world.control.failRequests({ ...zoom.revocation, status: 503 });
  expect((await disconnect(browser, zoom, row.id)).json["revocations"]).toMatchObject([{ outcome: "retrying" }]);
  const job = async () =>
    (
      await world.sql<{ attempts: number; run_at: Date }>(
        "select attempts, run_at from patchbay_worker.jobs where key = $1",
        [`revoke:${id}`],
      )
    )[0];
  const planned = await job();
  await purgeAll();
  expect(await job()).toEqual(planned);
  await world.sql(
    "update patchbay_worker._private_jobs set attempts = max_attempts, run_at = now() + interval '1 day' where key = $1",
    [`revoke:${id}`],
  );
  await purgeAll();
  expect(await job()).toMatchObject({ attempts: 0 });
  expect((await job())?.run_at.getTime()).toBeLessThan(Date.now() + 310_000);
});

test("connect sessions are deleted after a week, their idempotency keys after a day, and a login of theirs is still ended", async () => {
  await world.sql(
    `insert into connect_session (id, application, service_key, user_id, token_hash, providers, idempotency_key, request_hash,
                                  lifetime_seconds, expires_at, created_at)
     select id, '', 'key', $1, sha256(id::bytea), '{}', id, 'x', 60, now() - age, now() - age
     from (values ('cs_week', interval '8 days'), ('cs_day', interval '25 hours'), ('cs_hour', interval '1 hour')) s (id, age)`,
    [user],
  );
  const [session] = await addEnded(1, { session: "of a visit", step: "shown" });
  await world.sql("update attempt set connect_session_id = 'cs_week'");
  expect(await purgeAll()).toEqual([session]);
  expect(await world.sql("select id, idempotency_key from connect_session order by id")).toEqual([
    { id: "cs_day", idempotency_key: null },
    { id: "cs_hour", idempotency_key: "cs_hour" },
  ]);
});
