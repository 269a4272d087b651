import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What keeps connections alive: how a refresh stands, events from providers, live workers, and news for open pages. */
export const health: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  await extendCredential(db);
  await createWebhookEvent(db);
  await createWorker(db);
  await createNews(db);
}

async function extendCredential(db: Kysely<unknown>): Promise<void> {
  // `issued_at`: when the present tokens were stored. `refresh_sent_at`: a refresh went out, and no answer to it is stored.
  // `failures` and `retry_at`: how often in a row the provider gave none, and until when it is left alone.
  await sql`
    alter table credential
      add column issued_at timestamptz not null default now(),
      add column refresh_sent_at timestamptz,
      add column refresh_expires_at timestamptz,
      add column failures integer not null default 0,
      add column retry_at timestamptz`.execute(db);
  await sql`create index credential_external_id on credential (provider, external_id)`.execute(db);
}

async function createWebhookEvent(db: Kysely<unknown>): Promise<void> {
  // `look_at`: when an event that waits is to be read, again if it was read too early.
  await sql`
    create table webhook_event (
      id bigint generated always as identity primary key,
      provider text not null,
      event_id text not null,
      topic text not null,
      body bytea not null,
      received_at timestamptz not null default now(),
      look_at timestamptz not null default now(),
      handled_at timestamptz,
      unique (provider, event_id)
    )`.execute(db);
  await sql`create index webhook_event_waiting on webhook_event (look_at, id) where handled_at is null`.execute(db);
  await sql`create index webhook_event_received_at on webhook_event (received_at)`.execute(db);
}

async function createWorker(db: Kysely<unknown>): Promise<void> {
  // A worker that stops beating is gone, and the jobs that it had taken are free again.
  await sql`
    create table worker (
      id text primary key,
      beat_at timestamptz not null default now()
    )`.execute(db);
}

async function createNews(db: Kysely<unknown>): Promise<void> {
  // The database tells by itself, so that no statement has to remember to. Ids only: whoever listens looks.
  await sql`
    create function tell_of_connection() returns trigger language plpgsql as $$
    declare changed connection := coalesce(new, old);
    begin
      perform pg_notify('patchbay', 'user:' || changed.user_id);
      return null;
    end $$`.execute(db);
  await sql`
    create trigger connection_news after insert or delete or update of credential_id, label, email, connected_at
    on connection for each row execute function tell_of_connection()`.execute(db);
  await sql`
    create function tell_of_credential() returns trigger language plpgsql as $$
    begin
      perform pg_notify('patchbay', 'user:' || user_id) from connection where credential_id = new.id;
      return null;
    end $$`.execute(db);
  await sql`
    create trigger credential_news after update of status, reason on credential for each row
    when (old.status is distinct from new.status or old.reason is distinct from new.reason)
    execute function tell_of_credential()`.execute(db);
  await sql`
    create function tell_of_session() returns trigger language plpgsql as $$
    begin
      perform pg_notify('patchbay', 'user:' || old.user_id);
      return null;
    end $$`.execute(db);
  await sql`
    create trigger session_news after delete on session for each row execute function tell_of_session()`.execute(db);
}
