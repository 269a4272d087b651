import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Credentials, the users' connections to them, and the attempts that lead there. */
export const connections: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  await createCredential(db);
  await createConnection(db);
  await createAttempt(db);
}

async function createCredential(db: Kysely<unknown>): Promise<void> {
  // `shared`: the provider keeps one live grant for each app and account, and its users share this row.
  await sql`
    create table credential (
      id uuid primary key,
      provider text not null,
      client_id text not null,
      mode text not null,
      external_id text,
      shared boolean not null,
      secret bytea not null,
      scopes text[] not null default '{}',
      version integer not null default 1,
      expires_at timestamptz,
      status text not null default 'active'
        check (status in ('active', 'needs_reconnect', 'revoked', 'disconnecting')),
      reason text,
      lease_owner uuid,
      lease_until timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create unique index credential_account on credential (provider, client_id, mode, external_id)
    where shared`.execute(db);
}

async function createConnection(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table connection (
      id bigint generated always as identity primary key,
      user_id text not null references "user" on delete cascade,
      credential_id uuid not null references credential,
      previous_credential_id uuid,
      provider text not null,
      client_id text not null,
      mode text not null,
      external_id text not null,
      label text not null,
      email text,
      details jsonb not null default '{}',
      connected_at timestamptz not null default now(),
      last_used_at timestamptz,
      unique (user_id, provider, client_id, mode, external_id)
    )`.execute(db);
  await sql`create index connection_credential_id on connection (credential_id)`.execute(db);
}

async function createAttempt(db: Kysely<unknown>): Promise<void> {
  // `id` is the SHA-256 of the state, so a dump holds nothing that a provider's return could be forged with.
  await sql`
    create table attempt (
      id bytea primary key,
      user_id text not null references "user" on delete cascade,
      session_id text not null,
      browser bytea not null,
      provider text not null,
      redirect_uri text not null,
      reconnects bigint references connection on delete cascade,
      status text not null default 'started'
        check (status in ('started', 'returned', 'claimed', 'connected', 'failed')),
      notes bytea,
      returned bytea,
      ticket bytea unique,
      ticket_until timestamptz,
      claimed_until timestamptz,
      failure text,
      connection_id bigint references connection on delete cascade,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      check ((status = 'failed') = (failure is not null)),
      check ((status = 'connected') = (connection_id is not null))
    )`.execute(db);
  await sql`create index attempt_user_id on attempt (user_id, created_at)`.execute(db);
  await sql`create index attempt_expires_at on attempt (expires_at)`.execute(db);
}
