import { sql, type Kysely, type RawBuilder } from "kysely";
import type {
  CredentialLease,
  ExclusiveLease,
  LeasePurpose,
  LeaseResult,
  WantedCredential,
} from "../credentials/index.ts";
import { refreshLeaseSeconds, revocationLeaseSeconds } from "../leases.ts";
import { isOver, now, secondsFromNow } from "./clock.ts";
import { credentialColumns } from "./credential-columns.ts";
import { secondsPaused } from "./shown-health.ts";
import type { Database } from "./schema.ts";

/** What each purpose asks of the row, and how long its lease lasts. */
const purposes = {
  refresh: { status: "active", seconds: refreshLeaseSeconds, isRefresh: true, waits: true },
  probe: { status: "active", seconds: refreshLeaseSeconds, isRefresh: false, waits: true },
  // A user who disconnects does not wait until the provider may be asked for a refresh again.
  revocation: { status: "disconnecting", seconds: revocationLeaseSeconds, isRefresh: false, waits: false },
} as const satisfies Record<LeasePurpose, object>;

type LeaseRequest = { wanted: WantedCredential; owner: string; purpose: LeasePurpose };

/** Locks the row, takes its lease if it is free, and gives the row as it was before. */
export async function acquireLease(
  db: Kysely<Database>,
  { wanted: { id, version }, owner, purpose }: LeaseRequest,
): Promise<LeaseResult> {
  const { status, seconds, isRefresh, waits } = purposes[purpose];
  const found = await db
    .with("k", (query) => query.selectFrom("credential").selectAll().where("id", "=", id).forUpdate())
    .with("taken", (query) =>
      query
        .updateTable("credential")
        .from("k")
        .set({
          lease_owner: owner,
          lease_until: secondsFromNow(seconds),
          ...(isRefresh && { refresh_sent_at: now }),
        })
        .whereRef("credential.id", "=", "k.id")
        .where("k.status", "=", status)
        .where(isOver("k.lease_until"))
        .$if(version !== undefined, (update) => update.where("k.version", "=", version ?? 0))
        .$if(waits, (update) => update.where(isOver("k.retry_at")))
        .returning("credential.id"),
    )
    .selectFrom("k")
    .leftJoin("taken", (join) => join.onTrue())
    .select([...credentialColumns, "k.failures", "taken.id as taken", secondsPaused.as("pausedFor")])
    .select([
      sql<string>`k.created_at::text`.as("createdAt"),
      sql<boolean>`k.refresh_sent_at is not null`.as("unsettled"),
      secondsUntil("k.lease_until").as("leaseSeconds"),
      secondsUntil("k.retry_at").as("retrySeconds"),
    ])
    .executeTakeFirst();
  if (found === undefined) return { type: "missing" };
  const { createdAt, taken, unsettled, failures, pausedFor, leaseSeconds, retrySeconds, ...row } = found;
  if (taken !== null) {
    const lease = { id, version: row.version, createdAt, owner };
    return { type: "acquired", lease, seconds, row, unsettled, failures, pausedFor };
  }
  if (row.status !== status || (version ?? row.version) !== row.version) {
    return { type: "stale", row };
  }
  if (leaseSeconds !== null && leaseSeconds > 0) {
    return { type: "busy", row, seconds: Math.max(minWaitSeconds, leaseSeconds) };
  }
  return { type: "backing_off", row, seconds: Math.max(minWaitSeconds, retrySeconds ?? 0) };
}

const minWaitSeconds = 0.1;

function secondsUntil(column: string): RawBuilder<number | null> {
  return sql<number | null>`extract(epoch from ${sql.ref(column)} - now())::float8`;
}

type ExclusiveRequest = { id: string; lease: string; previous: string | undefined; lentSeconds: number };

/** Takes the lease if it is free, or prolongs it for the one who shows it. */
export async function acquireExclusiveLease(
  db: Kysely<Database>,
  { id, lease, previous, lentSeconds }: ExclusiveRequest,
): Promise<ExclusiveLease> {
  const row = await db
    .with("k", (query) => query.selectFrom("credential").selectAll().where("id", "=", id).forUpdate())
    .with("lent", (query) =>
      query
        .updateTable("credential")
        .from("k")
        .set({ lease_owner: lease, lease_until: secondsFromNow(lentSeconds) })
        .whereRef("credential.id", "=", "k.id")
        .where("k.status", "=", "active")
        .where((is) =>
          is.or([isOver("k.lease_until"), ...(previous === undefined ? [] : [is("k.lease_owner", "=", previous)])]),
        )
        .returning("credential.lease_until"),
    )
    .selectFrom("k")
    .leftJoin("lent", (join) => join.onTrue())
    .select(["lent.lease_until as until", secondsUntil("k.lease_until").as("seconds")])
    .executeTakeFirst();
  if (row?.until) return { type: "acquired", until: row.until };
  return { type: "busy", seconds: Math.max(1, Math.ceil(row?.seconds ?? 1)) };
}

/** Records that a refresh is about to be sent. */
export async function recordRefresh(db: Kysely<Database>, lease: CredentialLease): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("credential as k")
    .set({ refresh_sent_at: now })
    .where(isHeld(lease))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Gives the lease back. Its owner is the fence: a version that they stored themselves changes nothing about that. */
export async function releaseLease(
  db: Kysely<Database>,
  { id, owner }: CredentialLease,
  { paused }: { paused: boolean },
): Promise<void> {
  await db
    .updateTable("credential")
    .set({
      lease_owner: null,
      lease_until: null,
      ...(paused && { paused_at: sql<Date>`coalesce(paused_at, now())` }),
    })
    .where("id", "=", id)
    .where("lease_owner", "=", owner)
    .execute();
}

/** The fence of a write: this version of a credential `k`, and this owner of its lease. */
export function isHeld(lease: CredentialLease): RawBuilder<boolean> {
  return sql<boolean>`${isSame(lease)} and ${isOwned(lease)}`;
}

/** Whether a credential `k` is the leased row, at the leased version. */
export function isSame({ id, version, createdAt }: CredentialLease): RawBuilder<boolean> {
  return sql<boolean>`k.id = ${id}::uuid and k.version = ${version} and k.created_at = ${createdAt}::timestamptz`;
}

/** Whether a credential `k` is leased to this owner. */
export function isOwned({ owner }: CredentialLease): RawBuilder<boolean> {
  return sql<boolean>`k.lease_owner = ${owner}::uuid`;
}
