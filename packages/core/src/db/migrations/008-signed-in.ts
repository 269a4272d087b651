import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Which account a user signed in to, where the attempt did not end in a connection to it: told to whoever asks again. */
export const signedIn: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table attempt add column signed_in jsonb`.execute(db);
}
