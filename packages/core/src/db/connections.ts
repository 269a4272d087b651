import { sql, type Kysely } from "kysely";
import type { Connection } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { connectionJson } from "./connection-json.ts";
import { callerOf } from "./live-session.ts";
import type { Database } from "./schema.ts";

/** A user's connections, and whether the session is due for renewal by the one who issues it. */
export interface Listed {
  connections: Connection[];
  /** Milliseconds since the session was last renewed. */
  sessionAge: number;
}

export interface Connections {
  /** All connections of the session's user, oldest first. Throws `unauthenticated`. */
  list(session: string): Promise<Listed>;
}

export function createConnections(db: Kysely<Database>): Connections {
  return {
    async list(session) {
      const { rows } = await sql<Listed>`
        with ${callerOf(session)}
        select coalesce((
            select json_agg(${connectionJson} order by c.id)
            from connection c join credential k on k.id = c.credential_id
            where c.user_id = caller.user_id), '[]') as connections,
          (extract(epoch from now() - s.updated_at) * 1000)::float8 as "sessionAge"
        from caller join session s on s.id = caller.session_id`.execute(db);
      if (rows[0] === undefined) throw new ConnectError("unauthenticated", "no live session");
      return rows[0];
    },
  };
}
