import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Gives tables, columns, triggers and stored values the names that the code and the glossary have. */
export const columnNames: Migration = { up };

const columns = {
  attempt: {
    browser: "browser_hash",
    ticket: "ticket_hash",
    notes: "provider_state",
    returned: "authorization_response",
    reconnects: "reconnect_connection_id",
    step: "current_step",
    scans: "awaiting_scan",
    stepped_at: "released_at",
    subject: "rate_limit_subject",
    reaches: "code_recipient",
    signed_in: "signed_in_account",
  },
  wrong_answer: { until: "expires_at" },
  tally: { until: "expires_at", free_at: "retry_at" },
  webhook_event: { look_at: "due_at" },
  worker: { beat_at: "heartbeat_at" },
};

const others = [
  "alter table wrong_answer rename to failed_verification",
  "alter table failed_verification rename constraint wrong_answer_pkey to failed_verification_pkey",
  "alter table failed_verification rename constraint wrong_answer_user_id_fkey to failed_verification_user_id_fkey",
  "alter table tally rename to rate_limit",
  "alter table rate_limit rename constraint tally_pkey to rate_limit_pkey",
  "alter index tally_until rename to rate_limit_expires_at",
  "alter table attempt rename constraint attempt_ticket_key to attempt_ticket_hash_key",
  "alter function tell_of_connection() rename to notify_of_connection",
  "alter function tell_of_credential() rename to notify_of_credential",
  "alter function tell_of_session() rename to notify_of_session",
  "alter function end_session() rename to limit_session_lifetime",
  "alter trigger connection_news on connection rename to connection_notification",
  "alter trigger credential_news on credential rename to credential_notification",
  "alter trigger session_news on session rename to session_notification",
  "alter trigger session_ends on session rename to session_lifetime",
];

const kinds = {
  "code to one": "code_to_recipient",
  "code in all": "code_of_installation",
  "wrong answer about one": "failed_verification",
  "password known": "password_known_network",
  "password here": "password_from_network",
  password: "password_of_account",
};

async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, names] of Object.entries(columns)) {
    for (const [old, name] of Object.entries(names)) {
      await sql`alter table ${sql.table(table)} rename column ${sql.ref(old)} to ${sql.ref(name)}`.execute(db);
    }
  }
  for (const statement of others) await sql.raw(statement).execute(db);
  for (const [old, name] of Object.entries(kinds)) {
    await sql`update rate_limit set kind = ${name} where kind = ${old}`.execute(db);
  }
  await renameStatus(db);
}

/** A login between two steps had the status `walking`. */
async function renameStatus(db: Kysely<unknown>): Promise<void> {
  await sql`alter table attempt drop constraint attempt_status_check`.execute(db);
  await sql`update attempt set status = 'awaiting_user' where status = 'walking'`.execute(db);
  await sql`
    alter table attempt add constraint attempt_status_check
      check (status in ('started', 'returned', 'awaiting_user', 'claimed', 'connected', 'failed'))`.execute(db);
}
