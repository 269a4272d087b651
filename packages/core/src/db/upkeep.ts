import { sql, type Kysely } from "kysely";
import { addJob } from "./jobs.ts";
import type { Database } from "./schema.ts";

/** The ids of the providers whose credentials are looked after, by the way in which that is done. */
export interface Kept {
  /** By renewing tokens that end. */
  renewed: readonly string[];
  /** By asking whether the grant lives. */
  probed: readonly string[];
}

const mostAtOnce = 1000;

/**
 * Adds the job "keep" for credentials that have none which is still to run: those that are older than the job, and those
 * whose job has failed too often. Not all at once, and spread over five minutes. Gives how many.
 */
export async function planUpkeep(db: Kysely<Database>, { renewed, probed }: Kept): Promise<number> {
  const { rows } = await sql`
    with lacking as (
      select k.id from credential k
      where k.status = 'active'
        and (k.provider = any(${probed}::text[]) or (k.provider = any(${renewed}::text[]) and k.expires_at is not null))
        and not exists (
          select from graphile_worker.jobs j
          where j.key = 'keep:' || k.id and (j.attempts < j.max_attempts or j.locked_at is not null))
      limit ${mostAtOnce})
    select ${addJob("keep", sql`lacking.id`, sql`random() * interval '5 minutes'`)} from lacking`.execute(db);
  return rows.length;
}
