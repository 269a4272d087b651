import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** One row that says what this database is for, with a sealed text that only the right keys open. */
export const installation: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table installation (
      singleton boolean primary key default true check (singleton),
      kind text not null check (kind in ('live', 'sandbox')),
      canary bytea not null
    )`.execute(db);
}
