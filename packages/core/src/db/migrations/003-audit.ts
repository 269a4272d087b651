import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Who did what to which connection. Rows are only ever added; the database itself refuses anything else. */
export const audit: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_event (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      actor text not null,
      action text not null,
      provider text not null,
      connection_id bigint,
      details jsonb not null default '{}'
    )`.execute(db);
  await sql`create index audit_event_connection_id on audit_event (connection_id, id)`.execute(db);
  await sql`
    create function refuse_change() returns trigger language plpgsql as
    $$ begin raise exception '% is append only', tg_table_name; end $$`.execute(db);
  await sql`
    create trigger audit_event_append_only before update or delete or truncate on audit_event
    for each statement execute function refuse_change()`.execute(db);
}
