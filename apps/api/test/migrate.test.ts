import { isCurrent, migrate, openDatabase, type OpenDatabase } from "@patchbay/core/db";
import { createMigrator } from "@patchbay/core/db/migrator";
import { createSeals, createVault, readKeyring } from "@patchbay/core/vault";
import { runMigrations } from "graphile-worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newDatabase, query } from "./harness/database.ts";

let url: string;
let database: OpenDatabase;

beforeAll(async () => {
  url = await newDatabase();
  database = openDatabase(url);
});
afterAll(() => database.close());

test("a database that has every migration is known by one look", async () => {
  expect(await isCurrent(database.db)).toBe(true);
});

test.each([
  ["one of ours", "delete from kysely_migration where name = (select max(name) from kysely_migration)"],
  [
    "one of the job queue's",
    "delete from patchbay_worker.migrations where id = (select max(id) from patchbay_worker.migrations)",
  ],
  ["more than we know", "insert into kysely_migration values ('999-later', now()::text)"],
])("one that lacks or has %s is looked at closely", async (_what, change) => {
  const other = await newDatabase();
  await query(other, change);
  const changed = openDatabase(other);
  try {
    expect(await isCurrent(changed.db)).toBe(false);
  } finally {
    await changed.close();
  }
});

test("an empty one is brought to this version", async () => {
  const other = await newDatabase();
  await query(other, "drop schema patchbay cascade; drop schema patchbay_worker cascade");
  const empty = openDatabase(other);
  try {
    expect(await isCurrent(empty.db)).toBe(false);
    await migrate(empty.db);
    expect(await isCurrent(empty.db)).toBe(true);
  } finally {
    await empty.close();
  }
});

/** Sealed by the version before migration 011, for an attempt of Telegram whose id is 32 times 01. */
const sealedBefore = {
  keys: `old:${Buffer.alloc(32, 7).toString("base64")}`,
  notes: "01036f6c64311c0ddb5b808689f215bd7db6aed50c771f4a2775cad7fe3870dd1b7bec1389d49b170543d7390f28",
  returned:
    "01036f6c64faea03ff48db856aa51b09fc317ff54690258c61906d27e7872b5b7e4e2ca4768c3033818ef4e883295e2dd88e6f771795465738254d2abe544409ccbaa5b6",
  step: "01036f6c64709a7517ffdf5b48ee5864132a3fcb07ff5f6dde7deba92c82382ca77adf4b3a96412cd84225214708689a",
};

const rowsBefore = [
  `insert into "user" (id, name, email) values ('u', 'Ada', 'ada@example.com')`,
  `insert into attempt (id, user_id, session_id, browser, provider, redirect_uri, notes, returned, step, scans, subject,
                        reaches, ticket, status, expires_at)
   values (decode(repeat('01', 32), 'hex'), 'u', 's', 'b', 'telegram', '', decode('${sealedBefore.notes}', 'hex'),
           decode('${sealedBefore.returned}', 'hex'), decode('${sealedBefore.step}', 'hex'), true, 'subject', 'phone', 't',
           'walking', now() + interval '9 minutes')`,
  `insert into wrong_answer values ('u', 'subject', 'code', 3, now() + interval '1 hour')`,
  `insert into tally (kind, subject, count, until) values ('password here', 'n', 4, now() + interval '1 hour'),
                                                          ('code in all', 'p', 2, now() + interval '1 hour')`,
  `insert into worker (id) values ('w')`,
  `insert into credential (id, provider, client_id, mode, external_id, shared, secret)
   values ('00000000-0000-4000-8000-000000000000', 'zoom', 'c', 'live', 'x', true, '')`,
  `select graphile_worker.add_job('keep', '{}', run_at := now() + interval '1 hour', max_attempts := 19, job_key := 'keep:1')`,
  `select graphile_worker.add_job('mail')`,
  `insert into webhook_event (provider, event_id, topic, body) values ('zoom', 'e', 't', '')`,
];

/** A database as the version before migration 011 left it: its tables in `public`, its jobs in `graphile_worker`. */
async function oldDatabase(): Promise<string> {
  const url = await newDatabase();
  await query(url, "drop schema patchbay cascade; drop schema patchbay_worker cascade");
  const old = openDatabase(url, { schema: "public" });
  try {
    await runMigrations({ pgPool: old.pool });
    await createMigrator(old.db).migrateTo("010-paused");
    for (const statement of rowsBefore) await old.pool.query(statement);
  } finally {
    await old.close();
  }
  return url;
}

test("a database of the version before migration 011 is brought to this version with all its rows, and its secrets open", async () => {
  const old = openDatabase(await oldDatabase());
  const { db } = old;
  try {
    await migrate(db);
    const [attempt] = await db.selectFrom("attempt").selectAll().execute();
    expect(attempt).toMatchObject({
      status: "awaiting_user",
      awaiting_scan: true,
      browser_hash: Buffer.from("b"),
      ticket_hash: Buffer.from("t"),
      rate_limit_subject: Buffer.from("subject"),
      code_recipient: Buffer.from("phone"),
    });
    const vault = createVault(readKeyring(sealedBefore.keys));
    const seals = createSeals(vault);
    const row = { id: attempt?.id ?? Buffer.of(), provider: "telegram" };
    expect(seals.openState(attempt?.provider_state ?? Buffer.of(), row)).toEqual({ phone: "1" });
    expect(seals.openResponse(attempt?.authorization_response ?? Buffer.of(), row).parameters).toEqual({ code: "c" });
    expect(seals.openStep(attempt?.current_step ?? Buffer.of(), row)).toBe('{"type":"scan"}');
    expect(await db.selectFrom("failed_verification").select(["question", "count"]).execute()).toEqual([
      { question: "code", count: 3 },
    ]);
    expect(await db.selectFrom("rate_limit").select(["kind", "count"]).orderBy("count").execute()).toEqual([
      { kind: "code_of_installation", count: 2 },
      { kind: "password_from_network", count: 4 },
    ]);
    expect(await db.selectFrom("worker").select("id").execute()).toEqual([{ id: "w" }]);
    expect(await db.selectFrom("webhook_event").select("event_id").execute()).toEqual([{ event_id: "e" }]);
  } finally {
    await old.close();
  }
});

test("tables of an older version leave the schema public, and only our jobs leave graphile_worker", async () => {
  const url = await oldDatabase();
  const [one, two] = [openDatabase(url), openDatabase(url)];
  try {
    // As where several processes start at once.
    await Promise.all([migrate(one.db), migrate(two.db)]);
    const ofOthers = "create table public.other (id int)";
    await query(url, ofOthers);
    expect(await query(url, "select tablename from pg_tables where schemaname = 'public' order by 1")).toEqual([
      { tablename: "kysely_migration" },
      { tablename: "other" },
    ]);
    // An older version reads this, and refuses to start.
    expect(await query(url, "select max(name) as name from public.kysely_migration")).toEqual([
      { name: "999-moved-to-patchbay" },
    ]);
    expect(await query(url, "select from pg_proc where pronamespace = 'public'::regnamespace")).toEqual([]);
    const jobs = "select task_identifier as task, key, max_attempts as most, run_at > now() as later from";
    expect(await query(url, `${jobs} patchbay_worker.jobs`)).toEqual([
      { task: "keep", key: "keep:1", most: 19, later: true },
    ]);
    expect(await query(url, `${jobs} graphile_worker.jobs`)).toEqual([
      { task: "mail", key: null, most: 25, later: false },
    ]);
    // The triggers find the tables from a connection that has no search path.
    await one.pool.query("update patchbay.credential set status = 'revoked'");
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
});

test("a second Patchbay in the database of an older version does not take its tables", async () => {
  const url = await oldDatabase();
  const staging = openDatabase(url, { schema: "staging" });
  try {
    await expect(migrate(staging.db)).rejects.toThrow("Upgrade that one first, without DATABASE_SCHEMA");
    expect(await query(url, "select id from public.credential")).toHaveLength(1);
  } finally {
    await staging.close();
  }
});

test("a first start that was killed before its migrations were applied is finished by the next one", async () => {
  const url = await newDatabase();
  await query(url, "drop schema patchbay cascade; drop schema patchbay_worker cascade; create schema patchbay");
  // Kysely creates them before its transaction.
  await query(
    url,
    "create table patchbay.kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null)",
  );
  const database = openDatabase(url);
  try {
    await migrate(database.db);
    expect(await isCurrent(database.db)).toBe(true);
  } finally {
    await database.close();
  }
});

test("two processes that start at once on an empty database both find it ready", async () => {
  const url = await newDatabase();
  await query(url, "drop schema patchbay cascade; drop schema patchbay_worker cascade");
  const databases = [openDatabase(url), openDatabase(url)];
  try {
    await Promise.all(databases.map(({ db }) => migrate(db)));
    expect(await Promise.all(databases.map(({ db }) => isCurrent(db)))).toEqual([true, true]);
  } finally {
    await Promise.all(databases.map((database) => database.close()));
  }
});

test.each([
  ["patchbay", "create table other (id int)"],
  ["patchbay", "create table kysely_migration as select 'first'::text as name"],
  ["patchbay_worker", "create table patchbay_worker.other (id int)"],
])("a schema %s with tables of another program is refused, and stays as it is: %s", async (schema, statement) => {
  const url = await newDatabase();
  await query(url, `drop schema ${schema} cascade; create schema ${schema}`);
  await query(url, statement);
  const database = openDatabase(url);
  try {
    await expect(migrate(database.db)).rejects.toThrow(
      `The schema ${schema} of this database holds tables of another program: give Patchbay another schema (DATABASE_SCHEMA).`,
    );
    expect(await query(url, `select from pg_tables where schemaname = '${schema}'`)).toHaveLength(1);
  } finally {
    await database.close();
  }
});
