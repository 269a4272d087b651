import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What an attempt holds when it did not end in the connection that was meant. */
export const signedInAccount: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  // Which account the user signed in to: told to whoever asks again.
  await sql`alter table attempt add column signed_in jsonb`.execute(db);
  // An attempt may hold a login at its provider. So it outlives its user, and the connection that it was to renew, until
  // the purge has ended that login. Nobody can go on with it: its user is nobody's.
  await sql`
    alter table attempt
      alter column user_id drop not null,
      drop constraint attempt_user_id_fkey,
      add constraint attempt_user_id_fkey foreign key (user_id) references "user" on delete set null,
      drop constraint attempt_reconnects_fkey`.execute(db);
}
