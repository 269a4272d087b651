import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Has the triggers notify the channel that has the name of their schema, so that two installations in one database do not
 * hear each other. They name the tables with the schema: whoever changes a row has no search path that leads there.
 */
export const notificationsBySchema: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  const connection = sql`${sql.id(await currentSchema(db))}.connection`;
  await sql`
    create or replace function notify_of_connection() returns trigger language plpgsql as $$
    begin
      perform pg_notify(tg_table_schema, 'user:' || coalesce(new.user_id, old.user_id));
      return null;
    end $$`.execute(db);
  await sql`
    create or replace function notify_of_credential() returns trigger language plpgsql as $$
    begin
      perform pg_notify(tg_table_schema, 'user:' || user_id) from ${connection} where credential_id = new.id;
      return null;
    end $$`.execute(db);
  await sql`
    create or replace function notify_of_session() returns trigger language plpgsql as $$
    begin
      perform pg_notify(tg_table_schema, 'user:' || old.user_id);
      return null;
    end $$`.execute(db);
}

async function currentSchema(db: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("no schema is set");
  return row.schema;
}
