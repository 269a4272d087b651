import { sql, type Kysely } from "kysely";
import type { ConnectionRemoval } from "../disconnect/index.ts";
import { ConnectError } from "../errors.ts";
import { revocationLeaseSeconds } from "../leases.ts";
import { now, seconds } from "./clock.ts";
import { addJob, dropJob } from "./jobs.ts";
import { withCaller } from "./live-session.ts";
import type { Database } from "./schema.ts";

/** The request itself asks the provider first: the job takes over once its lease is over. */
const headStart = seconds(revocationLeaseSeconds);

/** Removes connections in PostgreSQL. */
export function createConnectionRemoval(db: Kysely<Database>): ConnectionRemoval {
  return {
    removeConnection: ({ session }, connection) =>
      db.transaction().execute(async (transaction) => {
        const credential = await lockCredential(transaction, session, connection);
        const removed = await removeLocked(transaction, session, { id: connection.id, credential });
        if (removed === undefined) throw new ConnectError("connection_unknown", "removed meanwhile");
        const { label, provider, details, ending } = removed;
        return { label, provider, details, credential: ending ?? undefined };
      }),
  };
}

/** Locks the credential: of two users who leave it at once, the later one must see that the other is gone. */
async function lockCredential(
  db: Kysely<Database>,
  session: string,
  { id, provider }: { id: number; provider: string | undefined },
): Promise<string> {
  const caller = await withCaller(db, session)
    .with("locked", (query) =>
      query
        .selectFrom("connection as c")
        .innerJoin("caller", "caller.user_id", "c.user_id")
        .innerJoin("credential as k", "k.id", "c.credential_id")
        .select("k.id")
        .where("c.id", "=", String(id))
        .$if(provider !== undefined, (select) => select.where("c.provider", "=", provider ?? ""))
        .forUpdate("k"),
    )
    .selectFrom("caller")
    .leftJoin("locked", (join) => join.onTrue())
    .select("locked.id as credential")
    .executeTakeFirst();
  if (caller === undefined) throw new ConnectError("unauthenticated", "no live session");
  if (caller.credential === null) throw new ConnectError("connection_unknown", "no such connection of this user");
  return caller.credential;
}

/** Deletes the connection; `ending` is its credential if this was the last connection to it, which is then revoked. */
async function removeLocked(
  db: Kysely<Database>,
  session: string,
  { id, credential }: { id: number; credential: string },
) {
  return await withCaller(db, session)
    .with("gone", (query) =>
      query
        .deleteFrom("connection as c")
        .using("caller")
        .where("c.id", "=", String(id))
        .whereRef("c.user_id", "=", "caller.user_id")
        .where("c.credential_id", "=", credential)
        .returningAll("c"),
    )
    .with("ending", (query) =>
      query
        .updateTable("credential")
        .from("gone")
        .set({ status: "disconnecting", reason: "disconnected", updated_at: now })
        .whereRef("credential.id", "=", "gone.credential_id")
        .where((is) =>
          is.not(
            is.exists(
              is
                .selectFrom("connection as other")
                .select("other.id")
                .whereRef("other.credential_id", "=", "gone.credential_id")
                .whereRef("other.id", "<>", "gone.id"),
            ),
          ),
        )
        .returning("credential.id"),
    )
    .with("audited", (query) =>
      query
        .insertInto("audit_event")
        .columns(["actor", "action", "provider", "connection_id", "details"])
        .expression((select) =>
          select
            .selectFrom("gone")
            .select([
              sql<string>`'user:' || user_id`.as("actor"),
              sql.lit("disconnected").as("action"),
              "provider",
              "id",
              sql`jsonb_build_object('credential', credential_id)`.as("details"),
            ]),
        ),
    )
    .selectFrom("gone")
    .leftJoin("ending", (join) => join.onTrue())
    .select(["gone.label", "gone.provider", "gone.details", "ending.id as ending"])
    .select([
      sql`case when ending.id is not null then ${addJob("revoke", sql`ending.id`, headStart)} end`.as("revoking"),
      sql`case when ending.id is not null then ${dropJob("keep", sql`ending.id`)} end`.as("kept"),
    ])
    .executeTakeFirst();
}
