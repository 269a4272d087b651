import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Attempts that ask or show a code step by step, and the count of wrong answers that outlives them. */
export const logins: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  // `step` is what the user was last asked or shown, sealed: a code to scan is a credential. `subject` is whom the
  // answers are guesses about. `version` rises with each holder of the lease, so that a late one cannot write.
  await sql`
    alter table attempt
      add column step bytea,
      add column scans boolean not null default false,
      add column stepped_at timestamptz not null default now(),
      add column subject bytea,
      add column version integer not null default 0,
      drop constraint attempt_status_check,
      add constraint attempt_status_check
        check (status in ('started', 'returned', 'walking', 'claimed', 'connected', 'failed'))`.execute(db);
  await sql`
    create table wrong_answer (
      user_id text not null references "user" on delete cascade,
      subject bytea not null,
      question text not null,
      count integer not null,
      until timestamptz not null,
      primary key (user_id, subject, question)
    )`.execute(db);
}
