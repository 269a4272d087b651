import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Counts that hold for an account, a number or the whole installation, whichever user, address or process asks. */
export const rateLimits: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  // `subject` is a fingerprint. What is counted is forgotten at `until`; before `free_at` there is no other one.
  await sql`
    create table tally (
      kind text not null,
      subject bytea not null,
      count integer not null,
      until timestamptz not null,
      free_at timestamptz not null default now(),
      primary key (kind, subject)
    )`.execute(db);
  await sql`create index tally_until on tally (until)`.execute(db);
  // However often a session is used and renewed, by us or by better-auth, it is over 30 days after the sign-in.
  await sql`
    create function end_session() returns trigger language plpgsql as $$
    begin
      new.expires_at := least(new.expires_at, new.created_at + interval '30 days');
      return new;
    end $$`.execute(db);
  await sql`
    create trigger session_ends before insert or update on session
    for each row execute function end_session()`.execute(db);
  await sql`update session set expires_at = expires_at where expires_at > created_at + interval '30 days'`.execute(db);
  // Fingerprint of the phone that a login sends a code to.
  await sql`alter table attempt add column reaches bytea`.execute(db);
}
