import { sql, type Kysely } from "kysely";
import type { Pooled } from "./database.ts";
import { credentialJobs, queueFunction, webhooksJob } from "./jobs.ts";
import { WrongDatabase } from "./installation.ts";
import { holdsOurs } from "./own-schemas.ts";
import type { Database } from "./schema.ts";
import { defaultSchema } from "./schemas.ts";

/** What the versions with migrations up to 010 had in the schema `public`. */
const tableNames = [
  "user",
  "session",
  "account",
  "verification",
  "credential",
  "connection",
  "attempt",
  "wrong_answer",
  "tally",
  "audit_event",
  "webhook_event",
  "installation",
  "worker",
  "kysely_migration",
  "kysely_migration_lock",
];
const functionNames = ["refuse_change", "tell_of_connection", "tell_of_credential", "tell_of_session", "end_session"];

/**
 * Creates our schema, and moves the tables of an older version into it, with their jobs, in one transaction. Older versions
 * had them in `public`, and their jobs in `graphile_worker`, which may be another program's as well and stays.
 */
export async function moveFromPublic(db: Pooled): Promise<void> {
  const { own } = db.schemas;
  await db.transaction().execute(async (transaction) => {
    // Several processes may start at once: the later ones find nothing left to move.
    await sql`select pg_advisory_xact_lock(hashtext('patchbay migrations'))`.execute(transaction);
    if (await holdsOurs(transaction, own)) return;
    const isUpgrade = await holdsOurs(transaction, "public");
    if (isUpgrade && own !== defaultSchema) throw oldTables(own);
    if (!(await schemaExists(transaction, own))) await sql`create schema ${sql.id(own)}`.execute(transaction);
    if (!isUpgrade) return;
    for (const statement of await listMoves(transaction, own)) await sql.raw(statement).execute(transaction);
    await moveJobs(transaction);
    await leaveNotice(transaction);
  });
}

/** A second Patchbay in the same database must not take the tables of the first. */
function oldTables(schema: string): WrongDatabase {
  return new WrongDatabase(
    `The schema public of this database holds the tables of an older Patchbay. Upgrade that one first, without DATABASE_SCHEMA: ` +
      `its tables then move to the schema ${defaultSchema}, and ${schema} is free for another Patchbay.`,
  );
}

/**
 * An older version looks for its migrations in `public`, and would begin anew there. It refuses a database whose last migration
 * it does not know, and this name is after all of its own.
 */
async function leaveNotice(db: Kysely<Database>): Promise<void> {
  await sql`create table public.kysely_migration (name text primary key, timestamp text not null)`.execute(db);
  await sql`insert into public.kysely_migration values (${`999-moved-to-${defaultSchema}`}, now()::text)`.execute(db);
  await sql`grant select on public.kysely_migration to public`.execute(db);
}

async function schemaExists(db: Kysely<Database>, schema: string): Promise<boolean> {
  const { rows } = await sql`select from pg_namespace where nspname = ${schema}`.execute(db);
  return rows.length > 0;
}

async function listMoves(db: Kysely<Database>, schema: string): Promise<string[]> {
  const { rows } = await sql<{ statement: string }>`
    select format('alter table public.%I set schema %I', c.relname, ${schema}::text) as statement
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname = any(${tableNames}::text[])
    union all
    select format('alter function public.%I() set schema %I', p.proname, ${schema}::text)
    from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = any(${functionNames}::text[])`.execute(
    db,
  );
  return rows.map(({ statement }) => statement);
}

/** Adds each job of ours to the new queue, and removes it from the old one. */
async function moveJobs(db: Kysely<Database>): Promise<void> {
  const old = (name: string) => sql.id("graphile_worker", name);
  const names = [...Object.values(credentialJobs), webhooksJob];
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass('graphile_worker._private_jobs') is not null as found`.execute(db);
  if (rows[0]?.found !== true) return;
  await sql`
    with moved as (
      delete from ${old("_private_jobs")} j using ${old("_private_tasks")} t
      where t.id = j.task_id and t.identifier = any(${names}::text[])
      returning t.identifier, j.payload, j.run_at, j.max_attempts, j.key)
    select ${queueFunction("add_job")}(
      identifier, payload, run_at := run_at, max_attempts := max_attempts::int, job_key := key) from moved`.execute(db);
}
