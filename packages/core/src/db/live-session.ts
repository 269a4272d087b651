import { sql, type RawBuilder } from "kysely";

/**
 * The session of a token that was checked for its signature, if it is live: a common table expression `caller`. No
 * session lasts longer than 30 days: a trigger sees to `expires_at`, for better-auth as well.
 */
export function callerStatement(token: unknown): RawBuilder<unknown> {
  return sql`caller as (
    select id as session_id, user_id, updated_at from session where token = ${token} and expires_at > now())`;
}
