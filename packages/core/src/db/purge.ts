import { sql, type Kysely } from "kysely";
import type { Database } from "./schema.ts";
import { holdsLogin } from "./walks.ts";

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
