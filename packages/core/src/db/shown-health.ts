import { sql, type RawBuilder } from "kysely";

/**
 * Whether a credential `k` is paused: its account is closed at the provider. Its status stays active, so that it is
 * maintained, and works again once the account is open.
 */
export const isPaused: RawBuilder<boolean> = sql`(k.paused_at is not null and k.status = 'active')`;

/**
 * Whether the access token of a credential `k` ended a day ago or more, and every refresh since has failed. Its status stays
 * active, so that the refresh is tried again.
 */
const isRefreshFailing: RawBuilder<boolean> = sql`
  (k.status = 'active' and k.failures > 0 and k.expires_at < now() - interval '1 day')`;

/** The status that users and back ends see. */
export const shownStatus: RawBuilder<string> = sql`
  case when ${isPaused} or ${isRefreshFailing} then 'needs_reconnect' else k.status end`;

/** Why the credential does not work, or works with fewer permissions. */
export const shownReason: RawBuilder<string | null> = sql`
  case when ${isPaused} then 'account_paused' when ${isRefreshFailing} then 'refresh_failing' else k.reason end`;

/** For how many seconds the credential has been paused. 0: it is not paused. */
export const secondsPaused: RawBuilder<number> = sql`coalesce(extract(epoch from now() - k.paused_at), 0)::float8`;
