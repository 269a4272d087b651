/** A connection `c` with its credential `k` as the product shows it. */
export const connectionJson = `json_build_object(
  'id', c.id, 'provider', c.provider, 'label', c.label, 'email', c.email, 'status', k.status, 'reason', k.reason,
  'scopes', k.scopes, 'missingScopes', '[]'::json, 'details', c.details,
  'connectedAt', to_char(c.connected_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'lastUsedAt', to_char(c.last_used_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'endsAt', to_char(k.refresh_expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`;
