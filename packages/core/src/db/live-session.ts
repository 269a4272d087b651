import type { Kysely, RawBuilder } from "kysely";
import { now } from "./clock.ts";
import type { Database } from "./schema.ts";

/**
 * Begins a statement with the live session of a token as the common table expression `caller`. The token was checked for its
 * signature before. No session lasts longer than 30 days: a trigger limits `expires_at`, for better-auth as well.
 */
export function withCaller(db: Kysely<Database>, token: string | RawBuilder<string>) {
  return db.with("caller", (query) =>
    query
      .selectFrom("session")
      .select(["id as session_id", "user_id", "updated_at", "connect_session_id", "providers"])
      .where("token", "=", token)
      .where("expires_at", ">", now),
  );
}
