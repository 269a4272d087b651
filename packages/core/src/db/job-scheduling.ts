import { sql, type Kysely, type RawBuilder } from "kysely";
import { isOver, now } from "./clock.ts";
import { addJob, dropJob, type CredentialJob } from "./jobs.ts";
import type { Database } from "./schema.ts";

/** The ids of the providers whose credentials are maintained, by how. */
export interface UsableApps {
  /** By renewing tokens that end. */
  renewed: readonly string[];
  /** By asking whether the grant lives. */
  probed: readonly string[];
}

const maxRowsAtOnce = 1000;

/**
 * Adds the job "keep" for credentials that have no such job still to run: those that are older than the job, and those
 * whose job has failed too often. It adds some at once, spread over five minutes. Gives how many.
 */
export async function scheduleMaintenance(db: Kysely<Database>, { renewed, probed }: UsableApps): Promise<number> {
  return await planLacking(
    db,
    "keep",
    sql<boolean>`k.status = 'active'
      and (k.provider = any(${probed}::text[]) or (k.provider = any(${renewed}::text[]) and k.expires_at is not null))`,
  );
}

/** Adds the job "revoke" for grants that are still to be ended, and whose job has failed too often. Gives how many. */
export async function scheduleRevocations(db: Kysely<Database>): Promise<number> {
  return await planLacking(db, "revoke", sql<boolean>`k.status = 'disconnecting'`);
}

async function planLacking(db: Kysely<Database>, job: CredentialJob, wanted: RawBuilder<boolean>): Promise<number> {
  const planned = await db
    .with("lacking", (query) =>
      query
        .selectFrom("credential as k")
        .select("k.id")
        .where(wanted)
        .where((is) =>
          is.not(
            is.exists(
              is
                .selectFrom("graphile_worker.jobs as j")
                .select("j.key")
                .where("j.key", "=", sql<string>`${`${job}:`} || k.id`)
                .where(sql<boolean>`(j.attempts < j.max_attempts or j.locked_at is not null)`),
            ),
          ),
        )
        .limit(maxRowsAtOnce),
    )
    .selectFrom("lacking")
    .select(addJob(job, sql`lacking.id`, sql`random() * interval '5 minutes'`).as("job"))
    .execute();
  return planned.length;
}

/** Whether no connection holds a credential `k`. */
const isUnheld = sql<boolean>`not exists (select from ${sql.table("connection")} c where c.credential_id = k.id)`;

/** Ends credentials that no connection holds, after a user or a connection was deleted. Gives how many. */
export async function endUnheld(db: Kysely<Database>): Promise<number> {
  return await db.transaction().execute(async (transaction) => {
    const found = await transaction
      .selectFrom("credential as k")
      .select("k.id")
      .where("k.status", "<>", "disconnecting")
      .where(isUnheld)
      .limit(maxRowsAtOnce)
      .forUpdate()
      .skipLocked()
      .execute();
    // Checked again once they are locked: a user may have connected the account in between.
    const ended = await transaction
      .with("unheld", (query) =>
        query
          .updateTable("credential as k")
          .set({ status: "disconnecting", reason: "unheld", updated_at: now })
          .where(sql<boolean>`k.id = any(${found.map(({ id }) => id)}::uuid[])`)
          .where(isUnheld)
          .returning(["k.id", "k.provider"]),
      )
      .with("audited", (query) =>
        query
          .insertInto("audit_event")
          .columns(["actor", "action", "provider", "details"])
          .expression((select) =>
            select
              .selectFrom("unheld")
              .select([
                sql.lit("patchbay").as("actor"),
                sql.lit("unheld").as("action"),
                "provider",
                sql`jsonb_build_object('credential', id)`.as("details"),
              ]),
          ),
      )
      .selectFrom("unheld")
      .select([addJob("revoke", sql`unheld.id`).as("revoking"), dropJob("keep", sql`unheld.id`).as("kept")])
      .execute();
    return ended.length;
  });
}

/**
 * Deletes grants whose account could not be found out within four days. If the provider keeps one grant for each account,
 * none is ended without knowing whose it is. Gives how many.
 */
export async function forgetUnknown(db: Kysely<Database>): Promise<number> {
  const audited = await db
    .with("forgotten", (query) =>
      query
        .deleteFrom("credential")
        .where("status", "=", "disconnecting")
        .where("shared", "=", true)
        .where("external_id", "is", null)
        .where("created_at", "<", sql<Date>`now() - interval '4 days'`)
        .where(isOver("lease_until"))
        .returning(["id", "provider"]),
    )
    .insertInto("audit_event")
    .columns(["actor", "action", "provider", "details"])
    .expression((select) =>
      select
        .selectFrom("forgotten")
        .select([
          sql.lit("patchbay").as("actor"),
          sql.lit("ended").as("action"),
          "provider",
          sql`jsonb_build_object('credential', id, 'outcome', 'unsupported')`.as("details"),
        ]),
    )
    .returning("id")
    .execute();
  return audited.length;
}
