import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The tables that better-auth reads and writes, with our names for its columns. */
export const signIn: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table "user" (
      id text primary key,
      name text not null,
      email text not null unique,
      email_verified boolean not null default false,
      image text,
      role text not null default 'user' check (role in ('user', 'operator')),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table session (
      id text primary key,
      token text not null unique,
      user_id text not null references "user" on delete cascade,
      expires_at timestamptz not null,
      ip_address text,
      user_agent text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index session_user_id on session (user_id)`.execute(db);
  await sql`
    create table account (
      id text primary key,
      account_id text not null,
      provider_id text not null,
      user_id text not null references "user" on delete cascade,
      access_token text,
      refresh_token text,
      id_token text,
      access_token_expires_at timestamptz,
      refresh_token_expires_at timestamptz,
      scope text,
      password text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index account_user_id on account (user_id)`.execute(db);
  await sql`
    create table verification (
      id text primary key,
      identifier text not null,
      value text not null,
      expires_at timestamptz not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index verification_identifier on verification (identifier)`.execute(db);
}
