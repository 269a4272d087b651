import { runMigrations } from "graphile-worker";
import { sql } from "kysely";
import { Migrator, type Migration } from "kysely/migration";
import type { Pooled } from "./database.ts";
import { signIn } from "./migrations/001-sign-in.ts";
import { connections } from "./migrations/002-connections.ts";
import { audit } from "./migrations/003-audit.ts";
import { installation } from "./migrations/004-installation.ts";
import { logins } from "./migrations/005-interactive-login.ts";
import { health } from "./migrations/006-health.ts";
import { fillfactor } from "./migrations/007-fillfactor.ts";
import { signedInAccount } from "./migrations/008-signed-in-account.ts";
import { rateLimits } from "./migrations/009-rate-limits.ts";
import { paused } from "./migrations/010-paused.ts";
import { columnNames } from "./migrations/011-column-names.ts";
import { refreshFailing } from "./migrations/012-refresh-failing.ts";
import { notificationsBySchema } from "./migrations/013-notifications-by-schema.ts";
import { connectSessions } from "./migrations/014-connect-sessions.ts";
import { tags } from "./migrations/015-tags.ts";
import { moveFromPublic } from "./move-from-public.ts";
import { assertOwnSchemas } from "./own-schemas.ts";

/** The names are stored in databases, so they never change. */
const migrations: Record<string, Migration> = {
  "001-sign-in": signIn,
  "002-connections": connections,
  "003-audit": audit,
  "004-installation": installation,
  "005-walks": logins,
  "006-health": health,
  "007-room": fillfactor,
  "008-signed-in": signedInAccount,
  "009-limits": rateLimits,
  "010-paused": paused,
  "011-column-names": columnNames,
  "012-refresh-failing": refreshFailing,
  "013-notifications-by-schema": notificationsBySchema,
  "014-connect-sessions": connectSessions,
  "015-tags": tags,
};

/** Applies what is missing, the job queue's schema first. */
export async function applyMigrations(db: Pooled): Promise<void> {
  await assertOwnSchemas(db);
  await runMigrations({ pgPool: db.pool, schema: db.schemas.queue });
  await moveFromPublic(db);
  const { error } = await createMigrator(db).migrateToLatest();
  if (error !== undefined) throw new Error("the database could not be migrated", { cause: error });
}

/** Creates what applies our migrations: all of them, or those up to a name, as an old database has them. */
export function createMigrator(db: Pooled): Migrator {
  const { own } = db.schemas;
  return new Migrator({ db, migrationTableSchema: own, provider: { getMigrations: async () => within(own) } });
}

/** The migrations name no schema: each sets the search path of its transaction, which ends with it. */
function within(schema: string): Record<string, Migration> {
  const entries = Object.entries(migrations).map(([name, migration]): [string, Migration] => [
    name,
    {
      async up(db) {
        await sql`set local search_path to ${sql.id(schema)}`.execute(db);
        await migration.up(db);
      },
    },
  ]);
  return Object.fromEntries(entries);
}
