import { type Kysely, type QueryCreator, type RawBuilder, sql } from "kysely";
import type { CredentialEnd, CredentialLease, CredentialRow, CredentialStore, Renewal } from "../credentials/index.ts";
import { now, seconds, secondsFromNow } from "./clock.ts";
import { credentialColumns } from "./credential-columns.ts";
import { isHeld, isOwned, isSame } from "./credential-lease.ts";
import { addJob } from "./jobs.ts";
import { isPaused } from "./shown-health.ts";
import type { Database } from "./schema.ts";

/** Stores a renewal: the row, its recovery in the audit, and the next jobs, in one statement. */
export async function storeRenewal(
  db: Kysely<Database>,
  lease: CredentialLease,
  renewal: Renewal,
): Promise<CredentialRow | undefined> {
  const { maintainInSeconds } = renewal;
  return await db
    .with("old", (query) =>
      query
        .selectFrom("credential as k")
        .select(["k.id", sql<boolean | null>`k.reason = 'refresh_lost'`.as("lost"), isPaused.as("paused")])
        .where(isSame(lease))
        .where((is) =>
          renewal.isOnlyRenewal
            ? is.or([isOwned(lease), is("k.status", "=", "active"), is("k.reason", "=", "refresh_lost")])
            : isOwned(lease),
        )
        .forUpdate(),
    )
    .with("k", (query) =>
      query
        .updateTable("credential as k")
        .from("old")
        .set(renewedColumns(renewal))
        .whereRef("k.id", "=", "old.id")
        .returningAll("k")
        .returning(["old.lost", "old.paused"]),
    )
    .with("audited", (query) =>
      auditConnections(query, "k", { action: "recovered", where: sql`changed.lost or changed.paused` }),
    )
    .selectFrom("k")
    .select(credentialColumns)
    .$if(maintainInSeconds !== undefined, (select) =>
      select.select(
        sql`case when k.status = 'active' then ${addJob("keep", sql`k.id`, seconds(maintainInSeconds))} end`.as("job"),
      ),
    )
    .$if(renewal.subscribesToEvents, (select) =>
      select.select(sql`case when k.paused then ${addJob("subscribe", sql`k.id`)} end`.as("subscribing")),
    )
    .executeTakeFirst();
}

/** What a renewal changes of a credential `k`, which was `old` before. */
function renewedColumns({ secret, backOffSeconds, keepsLease, ...renewal }: Renewal) {
  return {
    secret,
    version: sql<number>`k.version + 1`,
    updated_at: now,
    status: sql<CredentialRow["status"]>`case when old.lost then 'active' else k.status end`,
    reason: sql<string | null>`case when old.lost then null else k.reason end`,
    refresh_expires_at: secondsFromNow(renewal.refreshExpiresInSeconds),
    refresh_sent_at: null,
    retry_at: secondsFromNow(backOffSeconds),
    ...(backOffSeconds === undefined
      ? { issued_at: now, expires_at: secondsFromNow(renewal.expiresInSeconds), failures: 0 }
      : { failures: sql<number>`k.failures + 1` }),
    ...(!keepsLease && { lease_owner: null, lease_until: null, paused_at: null }),
  };
}

/** Gives the lease back after a probe, and ends a pause. */
export async function confirmAlive(
  db: Kysely<Database>,
  lease: CredentialLease,
  { maintainInSeconds, subscribesToEvents }: Pick<Renewal, "maintainInSeconds" | "subscribesToEvents">,
): Promise<void> {
  await db
    .with("old", (query) =>
      query
        .selectFrom("credential as k")
        .select(["k.id", isPaused.as("paused")])
        .where(isHeld(lease))
        .where("k.status", "=", "active")
        .forUpdate(),
    )
    .with("k", (query) =>
      query
        .updateTable("credential as k")
        .from("old")
        .set({ lease_owner: null, lease_until: null, failures: 0, retry_at: null, paused_at: null })
        .whereRef("k.id", "=", "old.id")
        .returning(["k.id", "k.provider", "old.paused"]),
    )
    .with("audited", (query) => auditConnections(query, "k", { action: "recovered", where: sql`changed.paused` }))
    .selectFrom("k")
    .select(addJob("keep", sql`k.id`, seconds(maintainInSeconds)).as("job"))
    .$if(subscribesToEvents, (select) =>
      select.select(sql`case when k.paused then ${addJob("subscribe", sql`k.id`)} end`.as("subscribing")),
    )
    .execute();
}

/** Gives the lease back after a failure, and plans another try. The first failure of a closed account is in the audit. */
export async function backOff(
  db: Kysely<Database>,
  lease: CredentialLease,
  pause: Parameters<CredentialStore["backOff"]>[1],
): Promise<void> {
  await db
    .with("rested", (query) =>
      query
        .updateTable("credential as k")
        .set((is) => ({
          lease_owner: null,
          lease_until: null,
          failures: is("k.failures", "+", 1),
          retry_at: secondsFromNow(pause.seconds),
          ...(!pause.unsettled && { refresh_sent_at: null }),
          ...(pause.paused && { paused_at: sql<Date>`coalesce(k.paused_at, now())` }),
        }))
        .where(isHeld(lease))
        .returning(["k.id", "k.status", "k.provider", "k.paused_at"]),
    )
    .with("audited", (query) =>
      auditConnections(query, "rested", {
        action: "paused",
        where: sql`changed.status = 'active' and changed.paused_at = now()`,
      }),
    )
    .selectFrom("rested")
    .select(addJob("keep", sql`rested.id`, seconds(pause.seconds)).as("job"))
    .where("status", "=", "active")
    .execute();
}

/** Marks an active credential as dead, with a note in the audit to each of its connections. */
export async function markDead(
  db: Kysely<Database>,
  lease: CredentialLease,
  { status, reason }: CredentialEnd,
): Promise<boolean> {
  const ended = await db
    .with("ended", (query) =>
      query
        .updateTable("credential as k")
        .set({
          status,
          reason,
          updated_at: now,
          lease_owner: null,
          lease_until: null,
          // What came of a lost refresh is still unknown, and a disconnect has to know that.
          ...(reason !== "refresh_lost" && { refresh_sent_at: null }),
        })
        .where(isHeld(lease))
        .where("k.status", "=", "active")
        .returning(["k.id", "k.provider"]),
    )
    .with("audited", (query) =>
      auditConnections(query, "ended", { action: status, details: sql`jsonb_build_object('reason', ${reason}::text)` }),
    )
    .selectFrom("ended")
    .select("id")
    .executeTakeFirst();
  return ended !== undefined;
}

interface AuditOptions {
  action: string;
  /** Which of the credentials are meant. */
  where?: RawBuilder<unknown>;
  details?: RawBuilder<unknown>;
}

type ChangedCredentials = { id: string; provider: string };

/** Records what happened to the credentials of a common table expression: a row for each of their connections. */
function auditConnections(
  query: QueryCreator<Database>,
  credentials: "k" | "rested" | "ended",
  { action, where = sql`true`, details = sql`'{}'::jsonb` }: AuditOptions,
) {
  return query
    .insertInto("audit_event")
    .columns(["actor", "action", "provider", "connection_id", "details"])
    .expression((select) =>
      select
        .selectFrom(sql<ChangedCredentials>`${sql.id(credentials)}`.as("changed"))
        .innerJoin("connection as c", "c.credential_id", "changed.id")
        .select([sql.lit("patchbay").as("actor"), sql.lit(action).as("action"), "changed.provider", "c.id"])
        .select(details.as("details"))
        .where(sql<boolean>`${where}`),
    );
}
