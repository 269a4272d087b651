import { sql, type Kysely } from "kysely";
import { now } from "./clock.ts";
import { queueFunction } from "./jobs.ts";
import type { Database } from "./schema.ts";

/**
 * Records that this pool of workers lives, and frees the jobs of pools that have not done so for fifteen seconds: a process
 * that was killed cannot give its jobs back. Gives how many such pools there were.
 */
export async function recordHeartbeat(db: Kysely<Database>, pool: string): Promise<number> {
  // One statement: a process that is killed between forgetting a pool and freeing its jobs would leave them locked.
  const { gone } = await db
    .with("beaten", (query) =>
      query
        .insertInto("worker")
        .values({ id: pool, heartbeat_at: now })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ heartbeat_at: now })),
    )
    .with("gone", (query) =>
      query
        .deleteFrom("worker")
        .where("heartbeat_at", "<", sql<Date>`now() - interval '15 seconds'`)
        .where("id", "<>", pool)
        .returning("id"),
    )
    .selectFrom("gone")
    .select([
      sql<number>`count(*)::int`.as("gone"),
      sql`case when count(*) > 0 then ${queueFunction("force_unlock_workers")}(array_agg(id)) end`.as("freed"),
    ])
    .executeTakeFirstOrThrow();
  return gone;
}

/** Records that this pool of workers has stopped, and frees the jobs that it could not give back itself. */
export async function deregisterWorker(db: Kysely<Database>, pool: string): Promise<void> {
  await db
    .with("gone", (query) => query.deleteFrom("worker").where("id", "=", pool).returning("id"))
    .selectFrom("gone")
    .select(sql`${queueFunction("force_unlock_workers")}(array_agg(id))`.as("freed"))
    .having(sql<number>`count(*)`, ">", 0)
    .execute();
}
