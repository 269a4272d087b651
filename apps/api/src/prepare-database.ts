import {
  asWrongDatabase,
  awaitDatabase,
  grantRights,
  isCurrent,
  migrate,
  openDatabase,
  readRole,
  type OpenDatabase,
  type Role,
} from "@patchbay/core/db";
import type { Config } from "./config/config.ts";
import type { Log } from "./log.ts";

/** How the database is prepared. */
export interface PrepareOptions {
  log: Log;
  /** Ends the waiting for a database that is away. */
  signal: AbortSignal;
}

/** Waits for the database, brings it to this version, and says where its role may do more than is good. */
export async function prepareDatabase(
  database: OpenDatabase,
  config: Config,
  { log, signal }: PrepareOptions,
): Promise<void> {
  const { databaseUrl: url, migrationUrl: ownerUrl } = config;
  await awaitDatabase(database, { url, ownerUrl, signal, tell: (sentence) => log.warn(sentence) });
  if (config.migrationUrl !== undefined) await bringUpToDate(database, config.migrationUrl, "MIGRATION_DATABASE_URL");
  else if (!(await isCurrent(database.db))) await bringUpToDate(database, url, "DATABASE_URL");
  const warning = describeRisk(await readRole(database.db));
  if (warning !== undefined) log.warn(warning);
}

/** By connections of the owner's, on which a change of large tables may take its time. */
async function bringUpToDate({ db }: OpenDatabase, ownerUrl: string, variable: string): Promise<void> {
  const owner = openDatabase(ownerUrl, { schema: db.schemas.own, max: 2, patienceMs: Infinity });
  try {
    await migrate(owner.db);
    const [{ name }, { name: ownerName }] = await Promise.all([readRole(db), readRole(owner.db)]);
    if (name !== ownerName) await grantRights(owner.db, name);
  } catch (failure) {
    throw asWrongDatabase(failure, ownerUrl, variable);
  } finally {
    await owner.close();
  }
}

function describeRisk({ name, isSuperuser, ownsAudit }: Role): string | undefined {
  const may = isSuperuser ? "is a superuser" : "owns the tables";
  if (!isSuperuser && !ownsAudit) return undefined;
  return `The role ${name} of DATABASE_URL ${may}, and could change the audit: docs/operate.md, "Roles and rights", has a lesser one.`;
}
