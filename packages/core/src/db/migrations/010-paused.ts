import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Since when an account has been closed at its provider, as far as the provider says. Open pages are told of it. */
export const paused: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table credential add column paused_at timestamptz`.execute(db);
  await sql`
    create or replace trigger credential_news after update of status, reason, paused_at on credential for each row
    when (old.status is distinct from new.status or old.reason is distinct from new.reason
      or (old.paused_at is null) <> (new.paused_at is null))
    execute function tell_of_credential()`.execute(db);
}
