import { sql, type Kysely } from "kysely";
import type { Database } from "./schema.ts";
import { holdsLogin } from "./attempt-lease.ts";

/** Deletes attempts that are over, with all they hold. Those that hold a login are given up first. Gives how many. */
export async function purgeAttempts(db: Kysely<Database>): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from attempt where expires_at < now() - interval '1 minute' and not (${holdsLogin})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Deletes counts of wrong answers that no longer count. Gives how many. */
export async function purgeWrongAnswers(db: Kysely<Database>): Promise<number> {
  const { numAffectedRows } = await sql`delete from wrong_answer where until < now()`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Deletes counts of which nothing counts any more. Gives how many. */
export async function purgeTallies(db: Kysely<Database>): Promise<number> {
  const { numAffectedRows } = await sql`delete from tally where until < now() and free_at < now()`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Deletes sessions that are over. Gives how many. */
export async function purgeSessions(db: Kysely<Database>): Promise<number> {
  const { numAffectedRows } = await sql`delete from session where expires_at < now()`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Deletes what was to verify something, and no longer may. Gives how many. */
export async function purgeVerifications(db: Kysely<Database>): Promise<number> {
  const { numAffectedRows } = await sql`delete from verification where expires_at < now()`.execute(db);
  return Number(numAffectedRows ?? 0);
}
