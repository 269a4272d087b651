import { sql, type Kysely, type RawBuilder } from "kysely";
import type { ConnectionRemoval, RemovedConnection } from "../disconnect/index.ts";
import { ConnectError } from "../errors.ts";
import { revocationLeaseSeconds } from "../leases.ts";
import { isOver, now, seconds } from "./clock.ts";
import { addJob, dropJob } from "./jobs.ts";
import { withCaller } from "./live-session.ts";
import type { Database } from "./schema.ts";
import { isInScope } from "./service-connections.ts";

/** A request asks the provider itself first: the job takes over once its lease is over. */
const afterRequest = seconds(revocationLeaseSeconds);

/** Removes connections in PostgreSQL. */
export function createConnectionRemoval(db: Kysely<Database>): ConnectionRemoval {
  return {
    removeConnection: ({ session }, connection) =>
      db.transaction().execute(async (transaction) => {
        await lockReconnects(transaction, sql`c.id = ${String(connection.id)}`);
        const owned = await lockOwned(transaction, session, connection);
        return getRemoved(
          await removeLocked(transaction, {
            ...owned,
            actor: `user:${owned.user}`,
            action: "disconnected",
            revokeAfter: afterRequest,
          }),
        );
      }),
    removeInScope: (scope, id) =>
      db.transaction().execute(async (transaction) => {
        const where = sql<boolean>`c.id = ${String(id)} and ${isInScope(scope)}`;
        await lockReconnects(transaction, where);
        const locked = await findAndLock(transaction, where);
        const { actor } = scope;
        return getRemoved(
          locked &&
            (await removeLocked(transaction, { ...locked, actor, action: "disconnected", revokeAfter: afterRequest })),
        );
      }),
    removeOfUser: (user, actor) =>
      removeNext(db, sql`c.user_id = ${user}`, { actor, action: "erased", revokeAfter: afterRequest }),
  };
}

const maxAtOnce = 1000;

/** Removes connections whose back end has not approved them in time. Gives how many. */
export async function removeUnapproved(db: Kysely<Database>): Promise<number> {
  const isUnapproved = sql<boolean>`c.pending_until is not null and ${isOver("c.pending_until")}`;
  let count = 0;
  while (
    count < maxAtOnce &&
    (await removeNext(db, isUnapproved, { actor: "patchbay", action: "unapproved", revokeAfter: seconds(0) }))
  )
    count += 1;
  return count;
}

/** Who removes a connection, how the audit calls that, and how soon a job revokes its credential. */
type Removing = { actor: string; action: "disconnected" | "erased" | "unapproved"; revokeAfter: RawBuilder<unknown> };
/** A connection whose credential is locked: of two users who leave it at once, the later one must see that the other is gone. */
type LockedConnection = { id: string; user: string; credential: string };

/** Removes the oldest connection `c` of those meant. Undefined: there is none. */
async function removeNext(db: Kysely<Database>, where: RawBuilder<boolean>, removing: Removing) {
  for (;;) {
    const result = await db.transaction().execute(async (transaction) => {
      await lockReconnects(transaction, where);
      const locked = await findAndLock(transaction, where);
      return locked && { removed: await removeLocked(transaction, { ...locked, ...removing }) };
    });
    // Somebody else may have removed this one meanwhile.
    if (result === undefined || result.removed !== undefined) return result?.removed;
  }
}

function getRemoved(removed: RemovedConnection | undefined): RemovedConnection {
  if (removed === undefined) throw new ConnectError("connection_unknown", "there is none, or it was removed meanwhile");
  return removed;
}

/**
 * Locks the attempts of connect sessions that are to reconnect such a connection `c`: they go with it. A completion locks its
 * attempt before the credential as well.
 */
async function lockReconnects(db: Kysely<Database>, where: RawBuilder<unknown>): Promise<void> {
  await sql`
    select from ${sql.table("attempt")} a
    where a.connect_session_id in (
      select s.id from ${sql.table("connect_session")} s
      join ${sql.table("connection")} c on c.id = s.reconnect_connection_id
      where ${where})
    order by a.id for update`.execute(db);
}

async function findAndLock(db: Kysely<Database>, where: RawBuilder<boolean>): Promise<LockedConnection | undefined> {
  return await db
    .selectFrom("connection as c")
    .innerJoin("credential as k", "k.id", "c.credential_id")
    .select(["c.id", "c.user_id as user", "k.id as credential"])
    .where(where)
    .orderBy("c.id")
    .limit(1)
    .forUpdate("k")
    .executeTakeFirst();
}

/** Locks the credential of a connection of the session's user. */
async function lockOwned(
  db: Kysely<Database>,
  session: string,
  { id, provider }: { id: number; provider: string | undefined },
): Promise<LockedConnection> {
  const caller = await withCaller(db, session)
    .with("locked", (query) =>
      query
        .selectFrom("connection as c")
        .innerJoin("caller", "caller.user_id", "c.user_id")
        .where((is) => is.or([is("caller.providers", "is", null), sql<boolean>`c.provider = any(caller.providers)`]))
        .innerJoin("credential as k", "k.id", "c.credential_id")
        .select("k.id")
        .where("c.id", "=", String(id))
        .$if(provider !== undefined, (select) => select.where("c.provider", "=", provider ?? ""))
        .forUpdate("k"),
    )
    .selectFrom("caller")
    .leftJoin("locked", (join) => join.onTrue())
    .select(["locked.id as credential", "caller.user_id as user"])
    .executeTakeFirst();
  if (caller === undefined) throw new ConnectError("unauthenticated", "no live session");
  if (caller.credential === null) throw new ConnectError("connection_unknown", "no such connection of this user");
  return { id: String(id), user: caller.user, credential: caller.credential };
}

/** Deletes the connection, and plans that its credential is revoked if this was the last connection to it. Undefined: it is gone. */
async function removeLocked(
  db: Kysely<Database>,
  { actor, action, revokeAfter, ...locked }: LockedConnection & Removing,
): Promise<RemovedConnection | undefined> {
  const removed = await withEnding(db, locked)
    .with("audited", (query) =>
      query
        .insertInto("audit_event")
        .columns(["actor", "action", "provider", "connection_id", "details"])
        .expression((select) =>
          select
            .selectFrom("gone")
            .select([
              sql<string>`${actor}::text`.as("actor"),
              sql.lit(action).as("action"),
              "provider",
              "id",
              sql`jsonb_build_object('credential', credential_id)`.as("details"),
            ]),
        ),
    )
    .selectFrom("gone")
    .leftJoin("ending", (join) => join.onTrue())
    .select(["gone.provider", "gone.details", "ending.id as ending"])
    .select(sql<string>`coalesce(gone.custom_label, gone.label)`.as("label"))
    .select([
      sql`case when ending.id is not null then ${addJob("revoke", sql`ending.id`, revokeAfter)} end`.as("revoking"),
      sql`case when ending.id is not null then ${dropJob("keep", sql`ending.id`)} end`.as("kept"),
    ])
    .executeTakeFirst();
  if (removed === undefined) return undefined;
  const { label, provider, details, ending } = removed;
  return { id: Number(locked.id), label, provider, details, credential: ending ?? undefined };
}

/** The connection that is `gone`, and its credential if it is `ending` with it. */
function withEnding(db: Kysely<Database>, { id, user, credential }: LockedConnection) {
  return db
    .with("gone", (query) =>
      query
        .deleteFrom("connection as c")
        .where("c.id", "=", id)
        .where("c.user_id", "=", user)
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
    );
}
