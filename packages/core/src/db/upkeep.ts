import { sql, type Kysely, type RawBuilder } from "kysely";
import { addJob, type CredentialJob } from "./jobs.ts";
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
  return await planLacking(
    db,
    "keep",
    sql`k.status = 'active'
      and (k.provider = any(${probed}::text[]) or (k.provider = any(${renewed}::text[]) and k.expires_at is not null))`,
  );
}

/** Adds the job "revoke" for grants that are still to be ended, and whose job has failed too often. Gives how many. */
export async function planRevocations(db: Kysely<Database>): Promise<number> {
  return await planLacking(db, "revoke", sql`k.status = 'disconnecting'`);
}

async function planLacking(db: Kysely<Database>, job: CredentialJob, wanted: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql`
    with lacking as (
      select k.id from credential k
      where ${wanted} and not exists (
        select from graphile_worker.jobs j
        where j.key = ${`${job}:`} || k.id and (j.attempts < j.max_attempts or j.locked_at is not null))
      limit ${mostAtOnce})
    select ${addJob(job, sql`lacking.id`, sql`random() * interval '5 minutes'`)} from lacking`.execute(db);
  return rows.length;
}
