import { sql, type Kysely } from "kysely";
import type { Database } from "./schema.ts";

/**
 * Says that this pool of workers lives, and frees the jobs of those that have not said so for fifteen seconds: a process
 * that was killed cannot give its jobs back. Gives how many were found gone.
 */
export async function recordHeartbeat(db: Kysely<Database>, pool: string): Promise<number> {
  // One statement: killed between forgetting a pool and freeing its jobs, nobody would free them.
  const { rows } = await sql<{ gone: number }>`
    with beaten as (
      insert into worker (id, beat_at) values (${pool}, now())
      on conflict (id) do update set beat_at = now()),
    gone as (
      delete from worker where beat_at < now() - interval '15 seconds' and id <> ${pool}
      returning id)
    select count(*)::int as gone,
           case when count(*) > 0 then graphile_worker.force_unlock_workers(array_agg(id)) end as freed
    from gone`.execute(db);
  return rows[0]?.gone ?? 0;
}

/** Says that this pool of workers has stopped. Jobs that it could not give back itself are free again. */
export async function deregisterWorker(db: Kysely<Database>, pool: string): Promise<void> {
  await sql`
    with gone as (delete from worker where id = ${pool} returning id)
    select graphile_worker.force_unlock_workers(array_agg(id)) from gone having count(*) > 0`.execute(db);
}
