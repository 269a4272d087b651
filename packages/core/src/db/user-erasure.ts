import { sql, type Kysely, type QueryCreator } from "kysely";
import type { UserErasure } from "../disconnect/index.ts";
import type { Database } from "./schema.ts";
import { isUserOf } from "./service-connections.ts";

/** Finds and deletes users in PostgreSQL. */
export function createUserErasure(db: Kysely<Database>): UserErasure {
  return {
    async findUser(application, user) {
      const found = db.selectFrom("user as u").select("u.id").where(isUserOf(application, user)).executeTakeFirst();
      return (await found)?.id;
    },
    async endSessions(user) {
      await db
        // In the order in which a completion locks them: its attempt, then the connect session.
        .with("begun", (query) => lockAttempts(query, user))
        .with("links", (query) =>
          query
            .deleteFrom("connect_session")
            .where("user_id", "=", user)
            .where(sql<boolean>`(select count(*) from begun) is not null`),
        )
        .deleteFrom("session")
        .where("user_id", "=", user)
        .execute();
    },
    deleteUser: (user, actor) =>
      db.transaction().execute(async (transaction) => {
        await lockAttempts(transaction, user).execute();
        // Nobody can store a connection of a user whose row is locked.
        await transaction.selectFrom("user").select("id").where("id", "=", user).forUpdate().execute();
        const held = transaction.selectFrom("connection").select("id").where("user_id", "=", user).limit(1);
        if ((await held.executeTakeFirst()) !== undefined) return false;
        await deleteLocked(transaction, user, actor);
        return true;
      }),
  };
}

function lockAttempts(db: QueryCreator<Database>, user: string) {
  return db.selectFrom("attempt").select("id").where("user_id", "=", user).orderBy("id").forUpdate();
}

/** Deletes the user with all rows that refer to them. The audit keeps ids alone, which lead to nobody any more. */
async function deleteLocked(db: Kysely<Database>, user: string, actor: string): Promise<void> {
  await db
    .with("gone", (query) => query.deleteFrom("user").where("id", "=", user).returning("id"))
    .insertInto("audit_event")
    .columns(["actor", "action", "provider", "details"])
    .expression((select) =>
      select
        .selectFrom("gone")
        .select([
          sql<string>`${actor}::text`.as("actor"),
          sql.lit("user_erased").as("action"),
          sql.lit("").as("provider"),
          sql`jsonb_build_object('user', id)`.as("details"),
        ]),
    )
    .execute();
}
