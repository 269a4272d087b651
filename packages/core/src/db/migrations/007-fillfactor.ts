import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Room in each page for the next version of its rows: a last use or a new token then changes one page, and no index. What is
 * there already gets it as pages are rewritten.
 */
export const fillfactor: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table connection set (fillfactor = 85)`.execute(db);
  await sql`alter table credential set (fillfactor = 80)`.execute(db);
}
