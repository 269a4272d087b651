import { sql, type Kysely, type RawBuilder } from "kysely";
import { addJob, dropJob, type CredentialJob } from "./jobs.ts";
import type { Database } from "./schema.ts";

/** The ids of the providers whose credentials are looked after, by the way in which that is done. */
export interface UsableApps {
  /** By renewing tokens that end. */
  renewed: readonly string[];
  /** By asking whether the grant lives. */
  probed: readonly string[];
}

const maxRowsAtOnce = 1000;

/**
 * Adds the job "keep" for credentials that have none which is still to run: those that are older than the job, and those
 * whose job has failed too often. Not all at once, and spread over five minutes. Gives how many.
 */
export async function scheduleMaintenance(db: Kysely<Database>, { renewed, probed }: UsableApps): Promise<number> {
  return await planLacking(
    db,
    "keep",
    sql`k.status = 'active'
      and (k.provider = any(${probed}::text[]) or (k.provider = any(${renewed}::text[]) and k.expires_at is not null))`,
  );
}

/** Adds the job "revoke" for grants that are still to be ended, and whose job has failed too often. Gives how many. */
export async function scheduleRevocations(db: Kysely<Database>): Promise<number> {
  return await planLacking(db, "revoke", sql`k.status = 'disconnecting'`);
}

/** Ends what no connection holds, however it came to that: a user's row was deleted, or connections were. Gives how many. */
export async function endUnheld(db: Kysely<Database>): Promise<number> {
  return await db.transaction().execute(async (transaction) => {
    const { rows: found } = await sql<{ id: string }>`
      select k.id from credential k
      where k.status <> 'disconnecting' and not exists (select from connection c where c.credential_id = k.id)
      limit ${maxRowsAtOnce}
      for update skip locked`.execute(transaction);
    // Looked at anew once they are locked: somebody may have connected the account in between.
    const { rows } = await sql`
      with unheld as (
        update credential k set status = 'disconnecting', reason = 'unheld', updated_at = now()
        where k.id = any(${found.map(({ id }) => id)}::uuid[])
          and not exists (select from connection c where c.credential_id = k.id)
        returning k.id, k.provider),
      audited as (
        insert into audit_event (actor, action, provider, details)
        select 'patchbay', 'unheld', provider, jsonb_build_object('credential', id) from unheld)
      select ${addJob("revoke", sql`unheld.id`)}, ${dropJob("keep", sql`unheld.id`)} from unheld`.execute(transaction);
    return rows.length;
  });
}

/**
 * Forgets grants whose account could not be found out within four days: of an account that has one grant, none is ended
 * without knowing whose it is. Gives how many.
 */
export async function forgetUnknown(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql`
    with forgotten as (
      delete from credential
      where status = 'disconnecting' and shared and external_id is null and created_at < now() - interval '4 days'
        and coalesce(lease_until, now()) <= now()
      returning id, provider)
    insert into audit_event (actor, action, provider, details)
    select 'patchbay', 'ended', provider, jsonb_build_object('credential', id, 'outcome', 'unsupported') from forgotten
    returning id`.execute(db);
  return rows.length;
}

async function planLacking(db: Kysely<Database>, job: CredentialJob, wanted: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql`
    with lacking as (
      select k.id from credential k
      where ${wanted} and not exists (
        select from graphile_worker.jobs j
        where j.key = ${`${job}:`} || k.id and (j.attempts < j.max_attempts or j.locked_at is not null))
      limit ${maxRowsAtOnce})
    select ${addJob(job, sql`lacking.id`, sql`random() * interval '5 minutes'`)} from lacking`.execute(db);
  return rows.length;
}
