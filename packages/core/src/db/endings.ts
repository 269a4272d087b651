import { sql, type Kysely } from "kysely";
import type { Endings, Leased } from "../disconnect/index.ts";
import { seconds } from "./jobs.ts";
import type { Database } from "./schema.ts";

export function createEndings(db: Kysely<Database>): Endings {
  return {
    async lease(id, owner) {
      const { rows } = await sql<Leased & { leased: boolean }>`
        with k as (select * from credential where id = ${id}::uuid and status = 'disconnecting' for update),
        leased as (
          update credential set lease_owner = ${owner}::uuid, lease_until = now() + interval '60 seconds'
          from k where credential.id = k.id and coalesce(k.lease_until, now()) <= now()
          returning credential.id)
        select k.id, k.provider, k.secret, k.version, k.refresh_sent_at is not null as unsettled,
               leased.id is not null as leased
        from k left join leased on true`.execute(db);
      const [row] = rows;
      if (row === undefined) return { type: "gone" };
      const { leased, ...credential } = row;
      return leased ? { type: "leased", credential } : { type: "held" };
    },
    async sends({ id, version }, owner) {
      await sql`
        update credential set refresh_sent_at = now()
        where id = ${id}::uuid and version = ${version} and lease_owner = ${owner}::uuid`.execute(db);
    },
    async renew({ id, version }, owner, { secret, lasts, refreshLasts }) {
      const { rows } = await sql<{ version: number }>`
        update credential
        set secret = ${secret}, version = version + 1, issued_at = now(), updated_at = now(), refresh_sent_at = null,
            expires_at = now() + ${seconds(lasts)}, refresh_expires_at = now() + ${seconds(refreshLasts)}
        where id = ${id}::uuid and version = ${version} and lease_owner = ${owner}::uuid
        returning version`.execute(db);
      return rows[0]?.version;
    },
    async forget({ id, version }, owner) {
      // A user who connected the account again while its old grant was being ended may have lost the new one with it.
      await sql`
        with forgotten as (
          delete from credential
          where id = ${id}::uuid and version = ${version} and status = 'disconnecting' and lease_owner = ${owner}::uuid
          returning id)
        update credential set status = 'needs_reconnect', reason = 'superseded', updated_at = now()
        where id = ${id}::uuid and version <> ${version} and status = 'active'
          and not exists (select from forgotten)`.execute(db);
    },
    async release(id, owner) {
      await sql`
        update credential set lease_owner = null, lease_until = null
        where id = ${id}::uuid and lease_owner = ${owner}::uuid`.execute(db);
    },
  };
}
