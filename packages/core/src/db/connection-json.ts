import { sql, type RawBuilder } from "kysely";
import type { Connection } from "../connect/index.ts";
import type { ProviderApp } from "../registry.ts";
import { shownReason, shownStatus } from "./shown-health.ts";

/** A connection `c` with its credential `k` as JSON, for the user who has just connected it. */
export const connectionJson: RawBuilder<Connection> = build(shownStatus, shownReason);

/** Any connection as JSON: it is shown as not working if its app is none of `apps`, those configured, for it is not maintained. */
export function listedJson(apps: readonly ProviderApp[]): RawBuilder<Connection> {
  // No provider's id and no mode has a space in it, so that no two apps are written alike.
  const keys = apps.map(({ provider, clientId, mode }) => `${provider} ${clientId} ${mode}`);
  const isLeftAlone = sql`(k.status = 'active'
    and k.provider || ' ' || k.client_id || ' ' || k.mode <> all(${keys}::text[]))`;
  return build(
    sql`case when ${isLeftAlone} then 'needs_reconnect' else ${shownStatus} end`,
    sql`case when ${isLeftAlone} then 'provider_not_configured' else ${shownReason} end`,
  );
}

/** PostgreSQL builds the JSON, which is cheaper than to build it here row by row. The secret is never selected. */
function build(status: RawBuilder<unknown>, reason: RawBuilder<unknown>): RawBuilder<Connection> {
  return sql`json_build_object(
  'id', c.id,
  'provider', c.provider,
  'label', c.label,
  'email', c.email,
  'status', ${status},
  'reason', ${reason},
  'scopes', k.scopes,
  'details', c.details,
  'connectedAt', ${isoTime(sql`c.connected_at`)},
  'lastUsedAt', ${isoTime(sql`c.last_used_at`)},
  'endsAt', ${isoTime(sql`k.refresh_expires_at`)})`;
}

/** A moment as ISO 8601 in UTC, or null. */
function isoTime(moment: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`to_char(${moment} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
