import { sql, type RawBuilder } from "kysely";
import type { Connection } from "../connect/index.ts";
import { isPaused, shownReason } from "./paused.ts";

/**
 * A connection `c` with its credential `k` as the JSON that goes out. Built by PostgreSQL, which is cheaper than doing it
 * here row by row. The secret is never selected.
 */
export const connectionJson: RawBuilder<Connection> = sql`json_build_object(
  'id', c.id,
  'provider', c.provider,
  'label', c.label,
  'email', c.email,
  'status', case when ${isPaused} then 'needs_reconnect' else k.status end,
  'reason', ${shownReason},
  'scopes', k.scopes,
  'details', c.details,
  'connectedAt', ${isoTime(sql`c.connected_at`)},
  'lastUsedAt', ${isoTime(sql`c.last_used_at`)},
  'endsAt', ${isoTime(sql`k.refresh_expires_at`)})`;

/** A moment as ISO 8601 in UTC, or null. */
function isoTime(moment: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`to_char(${moment} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
