import { sql, type Kysely, type RawBuilder } from "kysely";
import type {
  CredentialStore,
  CredentialEnd,
  ConnectionCredential,
  CredentialLease,
  Renewal,
  CredentialRow,
  LeaseResult,
} from "../credentials/index.ts";
import { refreshLeaseSeconds } from "../leases.ts";
import { addJob, seconds } from "./jobs.ts";
import { isPaused, secondsPaused, shownReason } from "./paused.ts";
import { prepared } from "./prepared.ts";
import type { Database } from "./schema.ts";
import type { Pooled } from "./database.ts";

/** A credential `k` as core knows it. */
const standing = sql`
  k.id, k.provider, k.client_id as "clientId", k.mode, k.version, k.status, ${shownReason} as reason, k.secret,
  (extract(epoch from k.expires_at - now()) * 1000)::float8 as "remainingMs",
  (extract(epoch from k.expires_at - k.issued_at) * 1000)::float8 as "lifetimeMs"`;

export function createCredentialStore(db: Pooled): CredentialStore {
  return {
    findByConnection: createFind(db),
    async find(id) {
      const { rows } = await sql<CredentialRow>`select ${standing} from credential k where k.id = ${id}::uuid`.execute(
        db,
      );
      return rows[0];
    },
    acquireLease: (wanted, owner, sends) => take(db, wanted, { owner, sends }),
    storeRenewal: (lease, renewal) => renew(db, lease, renewal),
    backOff: (lease, pause) => rest(db, lease, pause),
    markDead: (lease, ending) => end(db, lease, ending),
    confirmAlive: (lease, next) => confirm(db, lease, next),
    async setReason(id, { status, reason }) {
      await sql`
        update credential set status = ${status}, reason = ${reason}, updated_at = now()
        where id = ${id}::uuid and status = 'needs_reconnect'`.execute(db);
    },
    async scheduleJob(job, id, after) {
      await sql`
        select ${addJob(job, sql`id`, seconds(after))} from credential where id = ${id}::uuid`.execute(db);
    },
    acquireExclusiveLease: (id, borrower, lentSeconds) => lend(db, { id, ...borrower, lentSeconds }),
    async deleteDead(id) {
      await sql`
        with dead as (
          select id, provider from credential
          where id = ${id}::uuid and status in ('needs_reconnect', 'revoked')
          for update),
        gone as (delete from connection c using dead where c.credential_id = dead.id returning c.id, dead.provider),
        audited as (
          insert into audit_event (actor, action, provider, connection_id)
          select 'patchbay', 'erased', provider, id from gone)
        delete from credential k using dead where k.id = dead.id`.execute(db);
    },
  };
}

type FoundRow = Omit<ConnectionCredential, "account" | "connection"> & {
  external_id: string;
  label: string;
  email: string | null;
};

function createFind(db: Pooled): CredentialStore["findByConnection"] {
  const found = prepared<FoundRow>(
    db,
    (argument) => sql`
      select ${standing}, k.scopes, c.external_id, c.label, c.email
      from connection c join credential k on k.id = c.credential_id
      where c.id = ${argument(0)}`,
  );
  return async (connection) => {
    const [row] = await found(connection);
    if (row === undefined) return undefined;
    const { external_id, label, email, ...rest } = row;
    return { ...rest, connection, account: { id: external_id, label, email } };
  };
}

type Taken = CredentialRow & {
  createdAt: string;
  taken: boolean;
  held: boolean;
  unsettled: boolean;
  failures: number;
  pausedFor: number;
  holding: number | null;
  resting: number | null;
};

async function take(
  db: Kysely<Database>,
  { id, version }: { id: string; version: number },
  { owner, sends }: { owner: string; sends: boolean },
): Promise<LeaseResult> {
  const { rows } = await sql<Taken>`
    with k as (select * from credential where id = ${id}::uuid for update),
    taken as (
      update credential set lease_owner = ${owner}::uuid, lease_until = now() + ${seconds(refreshLeaseSeconds)},
        refresh_sent_at = case when ${sends}::boolean then now() else credential.refresh_sent_at end
      from k
      where credential.id = k.id and k.version = ${version} and k.status = 'active'
        and coalesce(k.lease_until, now()) <= now() and coalesce(k.retry_at, now()) <= now()
      returning credential.id)
    select ${standing}, k.created_at::text as "createdAt", taken.id is not null as taken, k.failures, k.refresh_sent_at is not null as unsettled,
           coalesce(k.lease_until > now(), false) as held, ${secondsPaused} as "pausedFor",
           extract(epoch from k.lease_until - now())::float8 as holding,
           extract(epoch from k.retry_at - now())::float8 as resting
    from k left join taken on true`.execute(db);
  const [row] = rows;
  if (row === undefined) return { type: "missing" };
  const { createdAt, taken, held, unsettled, failures, pausedFor, holding, resting, ...found } = row;
  const lease = { id, version, createdAt, owner };
  if (taken)
    return { type: "acquired", lease, seconds: refreshLeaseSeconds, standing: found, unsettled, failures, pausedFor };
  if (found.version !== version || found.status !== "active") return { type: "stale", standing: found };
  if (held) return { type: "busy", standing: found, seconds: Math.max(0.1, holding ?? 0) };
  return { type: "backing_off", standing: found, seconds: Math.max(0.1, resting ?? 0) };
}

async function renew(
  db: Kysely<Database>,
  lease: CredentialLease,
  renewal: Renewal,
): Promise<CredentialRow | undefined> {
  const {
    secret,
    expiresInSeconds,
    refreshExpiresInSeconds,
    maintainInSeconds,
    isOnlyRenewal,
    backOffSeconds,
    subscribesToEvents,
  } = renewal;
  const half = sql`${backOffSeconds !== undefined}::boolean`;
  const { rows } = await sql<CredentialRow>`
    with old as (
      select k.id, k.reason = 'refresh_lost' as lost, ${isPaused} as paused from credential k
      where ${isSame(lease)} and (${isOwned(lease)}
        or ${isOnlyRenewal}::boolean and (k.status = 'active' or k.reason = 'refresh_lost'))
      for update),
    k as (
      update credential k
      set secret = ${secret}, version = k.version + 1, updated_at = now(),
          issued_at = case when ${half} then k.issued_at else now() end,
          status = case when old.lost then 'active' else k.status end,
          reason = case when old.lost then null else k.reason end, paused_at = null,
          expires_at = case when ${half} then k.expires_at else now() + ${seconds(expiresInSeconds)} end,
          refresh_expires_at = now() + ${seconds(refreshExpiresInSeconds)},
          lease_owner = null, lease_until = null, refresh_sent_at = null,
          failures = case when ${half} then k.failures + 1 else 0 end, retry_at = now() + ${seconds(backOffSeconds)}
      from old where k.id = old.id
      returning k.*, old.lost, old.paused),
    audited as (
      insert into audit_event (actor, action, provider, connection_id)
      select 'patchbay', 'recovered', k.provider, c.id
      from k join connection c on c.credential_id = k.id where k.lost or k.paused)
    select ${standing}, case when k.status = 'active' and ${maintainInSeconds !== undefined}::boolean
      then ${addJob("keep", sql`k.id`, seconds(maintainInSeconds))} end as job,
      case when k.paused and ${subscribesToEvents}::boolean then ${addJob("subscribe", sql`k.id`)} end as subscribing
    from k`.execute(db);
  return rows[0];
}

async function confirm(
  db: Kysely<Database>,
  lease: CredentialLease,
  next: Pick<Renewal, "maintainInSeconds" | "subscribesToEvents">,
): Promise<void> {
  await sql`
    with old as (
      select k.id, ${isPaused} as paused from credential k where ${isHeld(lease)} and k.status = 'active' for update),
    confirmed as (
      update credential k
      set lease_owner = null, lease_until = null, failures = 0, retry_at = null, paused_at = null
      from old where k.id = old.id
      returning k.id, k.provider, old.paused),
    audited as (
      insert into audit_event (actor, action, provider, connection_id)
      select 'patchbay', 'recovered', k.provider, c.id
      from confirmed k join connection c on c.credential_id = k.id where k.paused)
    select ${addJob("keep", sql`id`, seconds(next.maintainInSeconds))},
           case when paused and ${next.subscribesToEvents}::boolean then ${addJob("subscribe", sql`id`)} end as subscribing
    from confirmed`.execute(db);
}

type Pause = Parameters<CredentialStore["backOff"]>[1];

async function rest(db: Kysely<Database>, lease: CredentialLease, pause: Pause): Promise<void> {
  await sql`
    with rested as (
      update credential k
      set lease_owner = null, lease_until = null, failures = k.failures + 1, retry_at = now() + ${seconds(pause.seconds)},
          refresh_sent_at = case when ${pause.unsettled}::boolean then k.refresh_sent_at end,
          paused_at = case when ${pause.paused}::boolean then coalesce(k.paused_at, now()) else k.paused_at end
      where ${isHeld(lease)}
      returning id, status, provider, paused_at),
    audited as (
      insert into audit_event (actor, action, provider, connection_id)
      select 'patchbay', 'paused', rested.provider, c.id
      from rested join connection c on c.credential_id = rested.id
      where rested.status = 'active' and rested.paused_at = now())
    select ${addJob("keep", sql`id`, seconds(pause.seconds))} from rested where status = 'active'`.execute(db);
}

async function end(db: Kysely<Database>, lease: CredentialLease, { status, reason }: CredentialEnd): Promise<boolean> {
  const { rows } = await sql<{ ended: boolean }>`
    with ended as (
      update credential k
      set status = ${status}, reason = ${reason}, updated_at = now(), lease_owner = null, lease_until = null,
          -- What came of a lost refresh is still unknown, and a disconnect has to know that.
          refresh_sent_at = case when ${reason}::text = 'refresh_lost' then k.refresh_sent_at end
      where ${isHeld(lease)} and status = 'active'
      returning id, provider),
    audited as (
      insert into audit_event (actor, action, provider, connection_id, details)
      select 'patchbay', ${status}, ended.provider, c.id, jsonb_build_object('reason', ${reason}::text)
      from ended join connection c on c.credential_id = ended.id)
    select exists (select from ended) as ended`.execute(db);
  return rows[0]?.ended === true;
}

/** The fence: this version, and this owner of the lease. */
function isHeld(lease: CredentialLease): RawBuilder<boolean> {
  return sql`${isSame(lease)} and ${isOwned(lease)}`;
}

function isSame({ id, version, createdAt }: CredentialLease): RawBuilder<boolean> {
  return sql`k.id = ${id}::uuid and k.version = ${version} and k.created_at = ${createdAt}::timestamptz`;
}

function isOwned({ owner }: CredentialLease): RawBuilder<boolean> {
  return sql`k.lease_owner = ${owner}::uuid`;
}

type Lending = { id: string; lease: string; previous: string | undefined; lentSeconds: number };

async function lend(db: Kysely<Database>, { id, lease, previous, lentSeconds }: Lending) {
  const { rows } = await sql<{ until: Date | null; seconds: number | null }>`
    with k as (select * from credential where id = ${id}::uuid for update),
    lent as (
      update credential set lease_owner = ${lease}::uuid, lease_until = now() + ${seconds(lentSeconds)}
      from k
      where credential.id = k.id and k.status = 'active'
        and (coalesce(k.lease_until, now()) <= now() or k.lease_owner = ${previous ?? null}::uuid)
      returning credential.lease_until)
    select (select lease_until from lent) as until, extract(epoch from k.lease_until - now())::float8 as seconds
    from k`.execute(db);
  const { until, seconds: wait } = rows[0] ?? { until: null, seconds: null };
  return until
    ? ({ type: "acquired", until } as const)
    : ({ type: "busy", seconds: Math.max(1, Math.ceil(wait ?? 1)) } as const);
}
