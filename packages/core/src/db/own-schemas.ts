import { sql, type Kysely } from "kysely";
import type { Pooled } from "./database.ts";
import { WrongDatabase } from "./installation.ts";
import type { Database } from "./schema.ts";

/** The name of our first migration, which no other program has. */
const firstMigration = "001-sign-in";

/** Throws `WrongDatabase` if one of our schemas holds the tables of another program. */
export async function assertOwnSchemas(db: Pooled): Promise<void> {
  const { own, queue } = db.schemas;
  if ((await listTables(db, own)).length > 0 && !(await holdsOurs(db, own))) throw refusal(own);
  const queued = await listTables(db, queue);
  if (queued.length > 0 && !queued.includes("migrations")) throw refusal(queue);
}

function refusal(schema: string): WrongDatabase {
  return new WrongDatabase(
    `The schema ${schema} of this database holds tables of another program: give Patchbay another schema (DATABASE_SCHEMA).`,
  );
}

/** Whether our migrations were applied in a schema. What this role may not read is not ours. */
export async function holdsOurs(db: Kysely<Database>, schema: string): Promise<boolean> {
  const { rows: readable } = await sql`
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and c.relname = 'kysely_migration'
      and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')`.execute(db);
  if (readable.length === 0) return false;
  const { rows } = await sql`
    select from ${sql.id(schema, "kysely_migration")} where name = ${firstMigration}`.execute(db);
  return rows.length > 0;
}

async function listTables(db: Kysely<Database>, schema: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and c.relkind in ('r', 'p', 'v', 'm', 'f')`.execute(db);
  return rows.map(({ name }) => name);
}
