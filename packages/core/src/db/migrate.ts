import type { Kysely } from "kysely";
import type { Pooled } from "./database.ts";
import { WrongDatabase } from "./installation.ts";
import { firstMigration } from "./own-schemas.ts";
import type { Database } from "./schema.ts";

/** What `applyMigrations` leaves behind: the name of our last migration and the number of the job queue's. */
const last = { own: "015-tags", queue: 20 };

/** Brings the database to this version. Any number of processes may call it at once. */
export async function migrate(db: Pooled): Promise<void> {
  if (await isCurrent(db)) return;
  await refuseNewer(db);
  const { applyMigrations } = await import("./migrator.ts");
  await applyMigrations(db);
}

/** A newer version's migrations cannot be undone, and this version does not know what they changed. */
async function refuseNewer(db: Kysely<Database>): Promise<void> {
  const found = await db
    .selectFrom("kysely_migration")
    .select((select) => [
      select.fn.max("name").as("name"),
      select.fn<boolean>("bool_or", [select("name", "=", firstMigration)]).as("isOurs"),
    ])
    .executeTakeFirst()
    .catch(() => undefined);
  if (found?.isOurs !== true) return;
  const name = found.name ?? "";
  if (name <= last.own) return;
  throw new WrongDatabase(
    `A newer version of Patchbay has changed this database (${name}; this version knows ${last.own}): ` +
      "start that version, or restore a backup from before it.",
  );
}

/**
 * Whether every migration is applied, as at almost every start. One look takes the place of many: the code that applies
 * migrations is a tenth of what a start would load.
 */
export async function isCurrent(db: Kysely<Database>): Promise<boolean> {
  const found = await db
    .selectNoFrom((select) => [
      select
        .selectFrom("kysely_migration")
        .select((eb) => eb.fn.max("name").as("name"))
        .as("own"),
      select
        .selectFrom("graphile_worker.migrations")
        .select((eb) => eb.fn.max("id").as("id"))
        .as("queue"),
    ])
    .executeTakeFirst()
    // Fails if the tables do not exist yet.
    .catch(() => undefined);
  return found?.own === last.own && found.queue === last.queue;
}
