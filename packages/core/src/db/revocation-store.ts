import { sql, type Kysely } from "kysely";
import type { OrphanedGrant } from "../connect/index.ts";
import type { RevocationStore, LeasedCredential } from "../disconnect/index.ts";
import { revocationLeaseSeconds } from "../leases.ts";
import { addJob, seconds } from "./jobs.ts";
import { jobsOfKept, keptGrant } from "./kept-grant.ts";
import { secondsPaused } from "./paused.ts";
import type { Database } from "./schema.ts";

export function createRevocationStore(db: Kysely<Database>): RevocationStore {
  return {
    async acquireLease(id, owner) {
      const { rows } = await sql<Omit<LeasedCredential, "seconds"> & { leased: boolean }>`
        with k as (select * from credential where id = ${id}::uuid and status = 'disconnecting' for update),
        leased as (
          update credential set lease_owner = ${owner}::uuid, lease_until = now() + ${seconds(revocationLeaseSeconds)}
          from k where credential.id = k.id and coalesce(k.lease_until, now()) <= now()
          returning credential.id)
        select k.id, k.provider, k.client_id as "clientId", k.mode, k.external_id as "externalId", k.scopes, k.secret, k.version, k.refresh_sent_at is not null as unsettled,
               ${secondsPaused} as "pausedFor",
               leased.id is not null as leased
        from k left join leased on true`.execute(db);
      const [row] = rows;
      if (row === undefined) return { type: "missing" };
      const { leased, ...credential } = row;
      return leased
        ? { type: "acquired", credential: { ...credential, seconds: revocationLeaseSeconds } }
        : { type: "busy" };
    },
    async recordRefresh({ id, version }, owner) {
      const { numAffectedRows } = await sql`
        update credential set refresh_sent_at = now()
        where id = ${id}::uuid and version = ${version} and lease_owner = ${owner}::uuid`.execute(db);
      return numAffectedRows === 1n;
    },
    async storeRenewal({ id, version }, owner, { secret, expiresInSeconds, refreshExpiresInSeconds }) {
      const { rows } = await sql<{ version: number }>`
        update credential
        set secret = ${secret}, version = version + 1, issued_at = now(), updated_at = now(), refresh_sent_at = null,
            expires_at = now() + ${seconds(expiresInSeconds)}, refresh_expires_at = now() + ${seconds(refreshExpiresInSeconds)}
        where id = ${id}::uuid and version = ${version} and lease_owner = ${owner}::uuid
        returning version`.execute(db);
      return rows[0]?.version;
    },
    async deleteRevoked({ id, version }, owner, outcome) {
      // A user who connected the account again while its old grant was being ended may have lost the new one with it: the
      // provider is asked.
      await sql`
        with forgotten as (
          delete from credential
          where id = ${id}::uuid and version = ${version} and status = 'disconnecting' and lease_owner = ${owner}::uuid
          returning id, provider, reason),
        audited as (
          -- Its connection is gone: this row and that of the disconnect both name the credential.
          insert into audit_event (actor, action, provider, details)
          select 'patchbay', 'ended', provider,
                 jsonb_build_object('credential', id, 'outcome', ${outcome}::text, 'reason', reason)
          from forgotten)
        select ${addJob("supersede", sql`id`)} from credential
        where id = ${id}::uuid and version <> ${version} and status = 'active'
          and not exists (select from forgotten)`.execute(db);
    },
    adoptGrant: (leased, owner, grant) => adopt(db, { ...leased, owner }, grant),
    async releaseLease(id, owner, paused) {
      await sql`
        update credential
        set lease_owner = null, lease_until = null,
            paused_at = case when ${paused}::boolean then coalesce(paused_at, now()) else paused_at end
        where id = ${id}::uuid and lease_owner = ${owner}::uuid`.execute(db);
    },
  };
}

type Owned = Pick<LeasedCredential, "id" | "version"> & { owner: string };

async function adopt(db: Kysely<Database>, { id, version, owner }: Owned, grant: OrphanedGrant): Promise<boolean> {
  const kept = keptGrant(grant, {
    failure: sql`(select reason from mine)`,
    where: sql`exists (select from mine)`,
    since: sql`(select created_at from mine)`,
  });
  const { rows } = await sql<{ mine: boolean }>`
    with mine as (
      delete from credential
      where id = ${id}::uuid and version = ${version} and status = 'disconnecting' and lease_owner = ${owner}::uuid
      returning reason, created_at),
    ${kept}
    select exists (select from mine) as mine, ${jobsOfKept(grant)}`.execute(db);
  return rows[0]?.mine === true;
}
