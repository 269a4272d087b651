import { sql, type RawBuilder } from "kysely";
import type { Connection } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { RawJson } from "../raw-json.ts";
import type { ConfiguredApp } from "../registry.ts";
import { listedJson } from "./connection-json.ts";
import type { Pooled } from "./database.ts";
import { withCaller } from "./live-session.ts";
import { type ArgumentOf, prepareStatement } from "./prepared.ts";

/** A user's connections, and whether the session is due for renewal. */
export interface Listed {
  connections: RawJson<Connection[]>;
  /** Milliseconds since the session was last renewed. */
  sessionAge: number;
}

/** Reads users' connections. */
export interface Connections {
  /** All connections of the session's user, oldest first. Throws `unauthenticated`. */
  list(session: string): Promise<Listed>;
  /** The session's user. Throws `unauthenticated`. */
  userOf(session: string): Promise<string>;
  /** Whether a connection was made by its latest grant: it was not there before. */
  isFirstGrant(id: number): Promise<boolean>;
}

/** The connections in PostgreSQL. A connection whose app is none of `apps`, those configured, is listed as `provider_not_configured`. */
export function createConnections(db: Pooled, apps: readonly ConfiguredApp[]): Connections {
  const listing = listedJson(apps);
  const listed = prepareList(db, listing);
  return {
    async list(session) {
      const [found] = await listed(session);
      if (found === undefined) throw new ConnectError("unauthenticated", "no live session");
      return { ...found, connections: new RawJson(found.connections) };
    },
    async userOf(session) {
      const caller = await withCaller(db, session).selectFrom("caller").select("user_id").executeTakeFirst();
      if (caller === undefined) throw new ConnectError("unauthenticated", "no live session");
      return caller.user_id;
    },
    async isFirstGrant(id) {
      const row = await db
        .selectFrom("connection")
        .select("previous_credential_id")
        .where("id", "=", String(id))
        .executeTakeFirst();
      return row?.previous_credential_id === null;
    },
  };
}

/** The read of every list. The JSON is built by PostgreSQL, and goes to the page as it is. */
function prepareList(db: Pooled, listing: RawBuilder<Connection>) {
  return prepareStatement(db, (argument: ArgumentOf<string>) =>
    withCaller(
      db,
      argument((session) => session),
    )
      .selectFrom("caller")
      .select((select) => {
        const rows = select
          .selectFrom("connection as c")
          .innerJoin("credential as k", "k.id", "c.credential_id")
          .select(sql`json_agg(${listing} order by c.id)`.as("list"))
          .whereRef("c.user_id", "=", "caller.user_id")
          .where((is) => is.or([is("caller.providers", "is", null), sql<boolean>`c.provider = any(caller.providers)`]));
        return sql<string>`coalesce(${rows}::text, '[]')`.as("connections");
      })
      .select(sql<number>`(extract(epoch from now() - caller.updated_at) * 1000)::float8`.as("sessionAge")),
  );
}
