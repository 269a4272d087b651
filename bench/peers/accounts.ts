import type { Database } from "../world/database.ts";

/** What an application on a library keeps of its users' accounts. Neither library has a table of its own for them. */
export const accountsSchema = `
  create table account (
    id bigint generated always as identity primary key,
    user_id text not null,
    provider text not null,
    external_id text not null,
    label text not null,
    email text,
    scopes text[] not null default '{}',
    details jsonb not null default '{}',
    access_token text not null,
    refresh_token text,
    expires_at timestamptz,
    connected_at timestamptz not null default now(),
    unique (user_id, provider, external_id)
  )`;

/** connect-pg-simple's own, from its table.sql. */
export const sessionSchema = `
  create table "session" (
    "sid" varchar not null collate "default" primary key,
    "sess" json not null,
    "expire" timestamp(6) not null
  );
  create index "IDX_session_expire" on "session" ("expire")`;

/** A session as express-session writes it. `user` is SQL for what the application keeps in it about user `n`. */
export const fillSessions = (user: string): string => `
  insert into "session" (sid, sess, expire)
  select 'session-' || lpad(n::text, 24, '0'),
         json_build_object('cookie', json_build_object(
           'originalMaxAge', 2592000000, 'expires', to_char(now() + interval '30 days', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'httpOnly', true, 'path', '/'), ${user}),
         now() + interval '30 days'
  from generate_series(1, $1::int) n`;

export const fillAccounts = `
  insert into account (user_id, provider, external_id, label, email, scopes, details, access_token, refresh_token, expires_at)
  select 'user-' || lpad(n::text, 8, '0'), provider, provider || '-' || n, 'person-' || n,
         'person-' || n || '@example.com', '{user:read:user,user:read:email}',
         jsonb_build_object('name', 'person-' || n, 'accountId', provider || '-' || n),
         'at.' || provider || n || '.0.' || repeat('a', 300), 'rt.' || provider || n || '.0.' || repeat('r', 300),
         now() + interval '1 day'
  from generate_series(1, $1::int) n, unnest('{zoom,stripe,paypal,calendly,shopify}'::text[]) with ordinality p (provider, at)
  order by n, at`;

/** Makes a database and runs statements in it; those in `fill` take the number of users. */
export async function make(database: Database, name: string, { schema, fill, users }: Filling): Promise<void> {
  await database.createDatabase(name);
  for (const sql of schema) await database.run(name, sql);
  for (const sql of fill) await database.run(name, sql, [users]);
  await database.run(name, "vacuum analyze");
}

interface Filling {
  schema: readonly string[];
  fill: readonly string[];
  users: number;
}
