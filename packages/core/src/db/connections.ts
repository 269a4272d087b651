import { sql } from "kysely";
import type { Connection } from "../connect/index.ts";
import type { ProviderApp } from "../registry.ts";
import { ConnectError } from "../errors.ts";
import { listedJson } from "./connection-json.ts";
import { callerStatement } from "./live-session.ts";
import { prepared } from "./prepared.ts";
import type { Pooled } from "./database.ts";
import { RawJson } from "../raw-json.ts";

/** A user's connections, and whether the session is due for renewal by the one who issues it. */
export interface Listed {
  connections: RawJson<Connection[]>;
  /** Milliseconds since the session was last renewed. */
  sessionAge: number;
}

export interface Connections {
  /** All connections of the session's user, oldest first. Throws `unauthenticated`. */
  list(session: string): Promise<Listed>;
  /** The session's user. Throws `unauthenticated`. */
  userOf(session: string): Promise<string>;
  /** Those of one user, by id or e-mail address, at these providers. None for a user who is not there. */
  ofUser(user: string, providers: readonly string[]): Promise<Connection[]>;
}

/** `apps` are those configured: what was connected with another is listed as not working. */
export function createConnections(db: Pooled, apps: readonly ProviderApp[]): Connections {
  const listing = listedJson(apps);
  const listed = prepared<Omit<Listed, "connections"> & { connections: string }>(
    db,
    (argument) => sql`
      with ${callerStatement(argument(0))}
      select coalesce((
          select json_agg(${listing} order by c.id)
          from connection c join credential k on k.id = c.credential_id
          where c.user_id = caller.user_id)::text, '[]') as connections,
        (extract(epoch from now() - caller.updated_at) * 1000)::float8 as "sessionAge"
      from caller`,
  );
  return {
    async list(session) {
      const [found] = await listed(session);
      if (found === undefined) throw new ConnectError("unauthenticated", "no live session");
      return { ...found, connections: new RawJson(found.connections) };
    },
    async userOf(session) {
      const { rows } = await sql<{ user_id: string }>`
        with ${callerStatement(session)} select user_id from caller`.execute(db);
      if (rows[0] === undefined) throw new ConnectError("unauthenticated", "no live session");
      return rows[0].user_id;
    },
    async ofUser(user, providers) {
      // An e-mail address is stored in lower case. No id has an @, so that nobody's address is another's id.
      const { rows } = await sql<{ connections: Connection[] }>`
        select coalesce(json_agg(${listing} order by c.id), '[]') as connections
        from "user" u
        join connection c on c.user_id = u.id and c.provider = any(${providers}::text[])
        join credential k on k.id = c.credential_id
        where ${user.includes("@") ? sql`u.email = ${user.toLowerCase()}` : sql`u.id = ${user}`}`.execute(db);
      return rows[0]?.connections ?? [];
    },
  };
}
