import { sql, type Kysely } from "kysely";
import type { Endings, Leased } from "../disconnect/index.ts";
import type { Database } from "./schema.ts";

export function createEndings(db: Kysely<Database>): Endings {
  return {
    async lease(id, owner) {
      const { rows } = await sql<Leased>`
        update credential set lease_owner = ${owner}::uuid, lease_until = now() + interval '45 seconds'
        where id = ${id}::uuid and status = 'disconnecting' and (lease_until is null or lease_until < now())
        returning id, provider, secret, version`.execute(db);
      return rows[0];
    },
    async renew({ id, version }, owner, secret) {
      const { rows } = await sql<{ version: number }>`
        update credential set secret = ${secret}, version = version + 1, updated_at = now()
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
        update credential set status = 'needs_reconnect', reason = 'revoked while it was reconnected'
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
