import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Finds connections by the tags that a product has put on them. A connection without tags costs nothing. */
export const tags: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index connection_tags on connection using gin (tags jsonb_path_ops) where tags <> '{}'`.execute(db);
}
