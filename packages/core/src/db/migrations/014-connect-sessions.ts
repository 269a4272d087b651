import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The product's own users, and the connect sessions in which they connect their accounts. */
export const connectSessions: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  await addExternalUsers(db);
  await createConnectSession(db);
  await addToSessionAndAttempt(db);
  await addToConnection(db);
  await followAttempts(db, sql.id(await currentSchema(db)));
}

/** An external user has the product's id and no e-mail address to sign in with. */
async function addExternalUsers(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table "user"
      alter column email drop not null,
      add column application text not null default '',
      add column external_id text,
      add column contact_email text,
      add constraint user_signs_in_or_is_external check ((external_id is null) = (email is not null))`.execute(db);
  await sql`create unique index user_external_id on "user" (application, external_id)`.execute(db);
}

/** `token_hash` is the SHA-256 of the link's token, `request_hash` that of the request that an idempotency key belongs to. */
async function createConnectSession(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table connect_session (
      id text primary key,
      application text not null,
      service_key text not null,
      user_id text not null references "user" on delete cascade,
      token_hash bytea not null unique,
      status text not null default 'open'
        check (status in ('open', 'opened', 'returned', 'connected', 'failed')),
      failure text,
      connection_id bigint references connection on delete set null,
      providers text[] not null,
      scopes jsonb not null default '{}',
      tags jsonb not null default '{}',
      tenant_id text,
      tenant_name text,
      return_url text,
      locale text,
      reconnect_connection_id bigint references connection on delete cascade,
      idempotency_key text,
      request_hash bytea,
      lifetime_seconds integer not null,
      opened_at timestamptz,
      expires_at timestamptz not null,
      created_at timestamptz not null default now(),
      check ((status = 'failed') = (failure is not null)),
      check ((idempotency_key is null) = (request_hash is null))
    )`.execute(db);
  await sql`
    create unique index connect_session_idempotency_key on connect_session (application, idempotency_key)`.execute(db);
  await sql`create index connect_session_user_id on connect_session (user_id, created_at)`.execute(db);
  await sql`create index connect_session_service_key on connect_session (service_key, created_at)`.execute(db);
  await sql`create index connect_session_created_at on connect_session (created_at)`.execute(db);
  await sql`
    create index connect_session_idempotency on connect_session (created_at)
    where idempotency_key is not null`.execute(db);
  await sql`
    create index connect_session_connection_id on connect_session (connection_id)
    where connection_id is not null`.execute(db);
  await sql`
    create index connect_session_reconnect on connect_session (reconnect_connection_id)
    where reconnect_connection_id is not null`.execute(db);
}

/**
 * `providers`: those that the session may use; null: all. `needs_completion`: the product's back end completes the attempt. An
 * attempt outlives its connect session, so that a login which it holds is still ended at the provider.
 */
async function addToSessionAndAttempt(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table session
      add column connect_session_id text references connect_session on delete cascade,
      add column providers text[]`.execute(db);
  await sql`
    create index session_connect_session_id on session (connect_session_id)
    where connect_session_id is not null`.execute(db);
  await sql`
    alter table attempt
      add column connect_session_id text references connect_session on delete set null,
      add column needs_completion boolean not null default false`.execute(db);
  await sql`
    create index attempt_connect_session_id on attempt (connect_session_id)
    where connect_session_id is not null`.execute(db);
}

/** `custom_label` is what the product calls the account. A connection is pending until its back end has approved it. */
async function addToConnection(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table connection
      add column application text not null default '',
      add column tenant_id text,
      add column tenant_name text,
      add column tags jsonb not null default '{}',
      add column custom_label text,
      add column pending_until timestamptz`.execute(db);
  await sql`create index connection_application on connection (application, id)`.execute(db);
  await sql`
    create index connection_tenant_id on connection (application, tenant_id, id) where tenant_id is not null`.execute(
    db,
  );
  await sql`
    create index connection_pending_until on connection (pending_until) where pending_until is not null`.execute(db);
}

/**
 * A connect session shows how its latest attempt stands, and keeps that when the attempt is purged. A failure beside a
 * connection does not hide it.
 */
async function followAttempts(db: Kysely<unknown>, schema: ReturnType<typeof sql.id>): Promise<void> {
  await sql`
    create function update_connect_session() returns trigger language plpgsql as $$
    begin
      update ${schema}.connect_session
      set status = new.status, failure = new.failure, connection_id = coalesce(new.connection_id, connection_id)
      where id = new.connect_session_id and not (status = 'connected' and new.status = 'failed');
      return null;
    end $$`.execute(db);
  await sql`
    create trigger attempt_connect_session after update of status on attempt
    for each row
    when (new.connect_session_id is not null and old.status is distinct from new.status
      and new.status in ('returned', 'connected', 'failed'))
    execute function update_connect_session()`.execute(db);
}

async function currentSchema(db: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("no schema is set");
  return row.schema;
}
