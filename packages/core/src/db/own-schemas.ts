import { sql, type Kysely } from "kysely";
import type { Pooled } from "./database.ts";
import { WrongDatabase } from "./installation.ts";
import type { Database } from "./schema.ts";

/** The name of our first migration, which no other program has. */
export const firstMigration = "001-sign-in";

/** Throws `WrongDatabase` if one of our schemas holds the tables of another program. */
export async function assertOwnSchemas(db: Pooled): Promise<void> {
  const { own, queue } = db.schemas;
  if (!(await mayUse(db, own))) throw refusal(own);
  const queued = await listTables(db, queue);
  if (queued.length > 0 && !queued.includes("migrations")) throw refusal(queue);
}

/** Kysely creates these before the transaction of the migrations, which another process may be in, or may not have finished. */
const migrationTables: ReadonlySet<string> = new Set(["kysely_migration", "kysely_migration_lock"]);

async function mayUse(db: Kysely<Database>, schema: string): Promise<boolean> {
  const found = await listTables(db, schema);
  if (found.length === 0 || (await holdsOurs(db, schema))) return true;
  if (!found.every((name) => migrationTables.has(name))) return false;
  return !found.includes("kysely_migration") || (await listMigrations(db, schema)).length === 0;
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
  return readable.length > 0 && (await listMigrations(db, schema)).includes(firstMigration);
}

async function listMigrations(db: Kysely<Database>, schema: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.id(schema, "kysely_migration")}`.execute(db);
  return rows.map(({ name }) => name);
}

async function listTables(db: Kysely<Database>, schema: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = ${schema} and c.relkind in ('r', 'p', 'v', 'm', 'f')`.execute(db);
  return rows.map(({ name }) => name);
}
