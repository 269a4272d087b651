import { sql, type Kysely } from "kysely";
import type { Database } from "./schema.ts";

/** Deletes attempts that are over, with all they hold. Gives how many. */
export async function purgeAttempts(db: Kysely<Database>): Promise<number> {
  const { numAffectedRows } = await sql`delete from attempt where expires_at < now() - interval '1 minute'`.execute(db);
  return Number(numAffectedRows ?? 0);
}
