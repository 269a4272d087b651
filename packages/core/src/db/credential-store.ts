import { sql, type Kysely } from "kysely";
import type { CredentialStore } from "../credentials/index.ts";
import { now, seconds } from "./clock.ts";
import { credentialColumns } from "./credential-columns.ts";
import { acquireExclusiveLease, acquireLease, recordRefresh, releaseLease } from "./credential-lease.ts";
import { backOff, confirmAlive, markDead, storeRenewal } from "./credential-outcome.ts";
import type { Pooled } from "./database.ts";
import { addJob } from "./jobs.ts";
import { type ArgumentOf, prepareStatement } from "./prepared.ts";
import type { Database } from "./schema.ts";

/** The credentials in PostgreSQL. */
export function createCredentialStore(db: Pooled): CredentialStore {
  return {
    findByConnection: createFindByConnection(db),
    find: (id) => db.selectFrom("credential as k").select(credentialColumns).where("k.id", "=", id).executeTakeFirst(),
    acquireLease: (wanted, owner, purpose) => acquireLease(db, { wanted, owner, purpose }),
    acquireExclusiveLease: (id, borrower, lentSeconds) => acquireExclusiveLease(db, { id, ...borrower, lentSeconds }),
    recordRefresh: (lease) => recordRefresh(db, lease),
    releaseLease: (lease, release) => releaseLease(db, lease, release),
    storeRenewal: (lease, renewal) => storeRenewal(db, lease, renewal),
    backOff: (lease, pause) => backOff(db, lease, pause),
    markDead: (lease, ending) => markDead(db, lease, ending),
    confirmAlive: (lease, next) => confirmAlive(db, lease, next),
    async setReason(id, { status, reason }) {
      await db
        .updateTable("credential")
        .set({ status, reason, updated_at: now })
        .where("id", "=", id)
        .where("status", "=", "needs_reconnect")
        .execute();
    },
    async scheduleJob(job, id, after) {
      await db
        .selectFrom("credential")
        .select(addJob(job, sql`id`, seconds(after)).as("job"))
        .where("id", "=", id)
        .execute();
    },
    deleteDead: (id) => deleteDead(db, id),
  };
}

/** The read of every token request. */
function createFindByConnection(db: Pooled): CredentialStore["findByConnection"] {
  const find = prepareStatement(db, (argument: ArgumentOf<number>) =>
    db
      .selectFrom("connection as c")
      .innerJoin("credential as k", "k.id", "c.credential_id")
      .select([...credentialColumns, "c.external_id as accountId", "c.label", "c.email", "c.application"])
      .select(sql<boolean>`c.pending_until is not null`.as("isPending"))
      .where("c.id", "=", argument(String)),
  );
  return async (connection) => {
    const [found] = await find(connection);
    if (found === undefined) return undefined;
    const { accountId, label, email, ...row } = found;
    return { ...row, connection, account: { id: accountId, label, email } };
  };
}

async function deleteDead(db: Kysely<Database>, id: string): Promise<void> {
  await db
    .with("dead", (query) =>
      query
        .selectFrom("credential")
        .select(["id", "provider"])
        .where("id", "=", id)
        .where("status", "in", ["needs_reconnect", "revoked"])
        .forUpdate(),
    )
    .with("gone", (query) =>
      query
        .deleteFrom("connection as c")
        .using("dead")
        .whereRef("c.credential_id", "=", "dead.id")
        .returning(["c.id", "dead.provider"]),
    )
    .with("audited", (query) =>
      query
        .insertInto("audit_event")
        .columns(["actor", "action", "provider", "connection_id"])
        .expression((select) =>
          select
            .selectFrom("gone")
            .select([sql.lit("patchbay").as("actor"), sql.lit("erased").as("action"), "provider", "id"]),
        ),
    )
    .deleteFrom("credential as k")
    .using("dead")
    .whereRef("k.id", "=", "dead.id")
    .execute();
}
