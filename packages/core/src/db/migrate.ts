import { sql, type Kysely } from "kysely";
import type { Pool } from "pg";
import { WrongDatabase } from "./installation.ts";
import type { Database } from "./schema.ts";

/** What `applyMigrations` leaves behind: our last migration's name, and the number of the job queue's. */
const last = { own: "010-paused", queue: 20 };

/** Brings the database to this version. Any number of processes may call it at once. */
export async function migrate(db: Kysely<Database>, pool: Pool): Promise<void> {
  if (await isCurrent(db)) return;
  await refuseNewer(db);
  const { applyMigrations } = await import("./migrator.ts");
  await applyMigrations(db, pool);
}

/** There is no way back: what a newer version has changed, this one does not know. */
async function refuseNewer(db: Kysely<Database>): Promise<void> {
  const { rows } = await sql<{ name: string | null }>`select max(name) as name from kysely_migration`
    .execute(db)
    .catch(() => ({ rows: [] }));
  const name = rows[0]?.name ?? "";
  if (name <= last.own) return;
  throw new WrongDatabase(
    `A newer version of Patchbay has changed this database (${name}; this version knows ${last.own}): ` +
      "start that version, or restore a backup from before it.",
  );
}

/**
 * Whether there is nothing to apply, as at almost every start: one look instead of many, and what applies migrations is a
 * tenth of what a start would load.
 */
export async function isCurrent(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql<{ own: string; queue: number }>`
    select (select max(name) from kysely_migration) as own, (select max(id) from graphile_worker.migrations) as queue`
    .execute(db)
    // Tables that are not there yet.
    .catch(() => ({ rows: [] }));
  return rows[0]?.own === last.own && rows[0].queue === last.queue;
}
