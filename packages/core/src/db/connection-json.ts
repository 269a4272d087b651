import { sql, type RawBuilder } from "kysely";
import type { Connection } from "../connect/index.ts";
import type { ConfiguredApp } from "../registry.ts";
import type { ServiceConnection } from "../service-access.ts";
import { missingScopes } from "./missing-scopes.ts";
import { shownReason, shownStatus } from "./shown-health.ts";

/** A connection `c` with its credential `k` as JSON, for the user who has just connected it. */
export function connectionJson(apps: readonly ConfiguredApp[]): RawBuilder<Connection> {
  const shown = { status: pendingOr(shownStatus), reason: shownReason, missing: missingScopes(apps) };
  return sql`json_build_object(${buildFields(shown)})`;
}

/** Any connection as JSON: it is shown as not working if its app is none of `apps`, those configured, for it is not maintained. */
export function listedJson(apps: readonly ConfiguredApp[]): RawBuilder<Connection> {
  return sql`json_build_object(${buildListedFields(apps)})`;
}

/** Any connection of a user `u` as JSON for back ends, which see as well whose it is and what the product has put on it. */
export function serviceJson(apps: readonly ConfiguredApp[]): RawBuilder<ServiceConnection> {
  return sql`json_build_object(${buildListedFields(apps)},
  'user', json_build_object(
    'id', coalesce(u.external_id, u.id), 'name', nullif(u.name, ''), 'email', coalesce(u.contact_email, u.email)),
  'tenant', case when c.tenant_id is not null then json_build_object('id', c.tenant_id, 'name', c.tenant_name) end,
  'tags', c.tags)`;
}

/** The status that lists show. */
export function listedStatus(apps: readonly ConfiguredApp[]): RawBuilder<string> {
  return pendingOr(sql`case when ${isLeftAlone(apps)} then 'needs_reconnect' else ${shownStatus} end`);
}

/** A connection that waits for its approval is handed to nobody, however well its credential works. */
function pendingOr(status: RawBuilder<string>): RawBuilder<string> {
  return sql`case when c.pending_until is not null then 'pending' else ${status} end`;
}

function isLeftAlone(apps: readonly ConfiguredApp[]): RawBuilder<boolean> {
  // No provider's id and no mode has a space in it, so that no two apps are written alike.
  const keys = apps.map(({ provider, clientId, mode }) => `${provider} ${clientId} ${mode}`);
  return sql`(k.status = 'active'
    and k.provider || ' ' || k.client_id || ' ' || k.mode <> all(${keys}::text[]))`;
}

function buildListedFields(apps: readonly ConfiguredApp[]): RawBuilder<unknown> {
  const reason = sql`case when ${isLeftAlone(apps)} then 'provider_not_configured' else ${shownReason} end`;
  return buildFields({ status: listedStatus(apps), reason, missing: missingScopes(apps) });
}

/** PostgreSQL builds the JSON, which is cheaper than to build it here row by row. The secret is never selected. */
function buildFields({
  status,
  reason,
  missing,
}: Record<"status" | "reason" | "missing", RawBuilder<unknown>>): RawBuilder<unknown> {
  return sql`
  'id', c.id,
  'provider', c.provider,
  'label', coalesce(c.custom_label, c.label),
  'email', c.email,
  'status', ${status},
  'reason', ${reason},
  'scopes', k.scopes,
  'missingScopes', ${missing},
  'details', c.details,
  'connectedAt', ${isoTime(sql`c.connected_at`)},
  'lastUsedAt', ${isoTime(sql`c.last_used_at`)},
  'endsAt', ${isoTime(sql`k.refresh_expires_at`)}`;
}

/** A moment as ISO 8601 in UTC, or null. */
function isoTime(moment: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`to_char(${moment} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
