import { runMigrations } from "graphile-worker";
import type { Kysely } from "kysely";
import { Migrator, type Migration } from "kysely/migration";
import type { Pool } from "pg";
import { signIn } from "./migrations/001-sign-in.ts";
import { connections } from "./migrations/002-connections.ts";
import { audit } from "./migrations/003-audit.ts";
import { installation } from "./migrations/004-installation.ts";
import { logins } from "./migrations/005-walks.ts";
import { health } from "./migrations/006-health.ts";
import { room } from "./migrations/007-room.ts";
import { signedIn } from "./migrations/008-signed-in.ts";
import { limits } from "./migrations/009-limits.ts";
import { paused } from "./migrations/010-paused.ts";
import type { Database } from "./schema.ts";

const migrations: Record<string, Migration> = {
  "001-sign-in": signIn,
  "002-connections": connections,
  "003-audit": audit,
  "004-installation": installation,
  "005-walks": logins,
  "006-health": health,
  "007-room": room,
  "008-signed-in": signedIn,
  "009-limits": limits,
  "010-paused": paused,
};

/** Applies what is missing, the job queue's schema first. */
export async function applyMigrations(db: Kysely<Database>, pool: Pool): Promise<void> {
  await runMigrations({ pgPool: pool });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error("the database could not be migrated", { cause: error });
}
