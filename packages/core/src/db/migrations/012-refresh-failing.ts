import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Open pages are told when the refresh of an access token that ended a day ago fails again, or succeeds. */
export const refreshFailing: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create or replace trigger credential_notification after update of status, reason, paused_at, failures on credential
    for each row
    when (old.status is distinct from new.status or old.reason is distinct from new.reason
      or (old.paused_at is null) <> (new.paused_at is null)
      or (old.failures <> new.failures and old.expires_at < now() - interval '1 day'))
    execute function notify_of_credential()`.execute(db);
}
