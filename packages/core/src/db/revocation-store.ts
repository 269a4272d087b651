import { sql, type Kysely } from "kysely";
import type { OrphanedGrant } from "../connect/index.ts";
import type { CredentialLease } from "../credentials/index.ts";
import type { RevocationStore } from "../disconnect/index.ts";
import { isHeld } from "./credential-lease.ts";
import { addJob } from "./jobs.ts";
import { jobsOfKept, keptGrant } from "./kept-grant.ts";
import type { Database } from "./schema.ts";

/** What becomes of a credential at the end of its revocation, in PostgreSQL. */
export function createRevocationStore(db: Kysely<Database>): RevocationStore {
  return {
    async deleteRevoked(lease, outcome) {
      await db
        .with("forgotten", (query) =>
          query
            .deleteFrom("credential as k")
            .where(isHeld(lease))
            .where("k.status", "=", "disconnecting")
            .returning(["k.id", "k.provider", "k.reason"]),
        )
        // Its connection is gone: this row and that of the disconnect both name the credential.
        .with("audited", (query) =>
          query
            .insertInto("audit_event")
            .columns(["actor", "action", "provider", "details"])
            .expression((select) =>
              select
                .selectFrom("forgotten")
                .select([
                  sql.lit("patchbay").as("actor"),
                  sql.lit("ended").as("action"),
                  "provider",
                  sql`jsonb_build_object('credential', id, 'outcome', ${outcome}::text, 'reason', reason)`.as(
                    "details",
                  ),
                ]),
            ),
        )
        // A user who connected the account again while its old grant was being ended may have lost the new grant with
        // it: a job asks the provider.
        .selectFrom("credential")
        .select(addJob("supersede", sql`id`).as("job"))
        .where("id", "=", lease.id)
        .where("version", "<>", lease.version)
        .where("status", "=", "active")
        .where((is) => is.not(is.exists(is.selectFrom("forgotten").select("forgotten.id"))))
        .execute();
    },
    adoptGrant: (lease, grant) => adoptGrant(db, lease, grant),
  };
}

async function adoptGrant(db: Kysely<Database>, lease: CredentialLease, grant: OrphanedGrant): Promise<boolean> {
  const kept = keptGrant(grant, {
    failure: sql`(select reason from mine)`,
    where: sql`exists (select from mine)`,
    since: sql`(select created_at from mine)`,
  });
  const { rows } = await sql<{ mine: boolean }>`
    with mine as (
      delete from ${sql.table("credential")} k
      where ${isHeld(lease)} and k.status = 'disconnecting'
      returning k.reason, k.created_at),
    ${kept}
    select exists (select from mine) as mine, ${jobsOfKept(grant)}`.execute(db);
  return rows[0]?.mine === true;
}
