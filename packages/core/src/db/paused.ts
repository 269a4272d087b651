import { sql, type RawBuilder } from "kysely";

/**
 * Whether a credential `k` is paused: its account is closed at the provider. In the database it stays active, so that it is
 * looked after, and works again once the provider answers.
 */
export const isPaused: RawBuilder<boolean> = sql`(k.paused_at is not null and k.status = 'active')`;

/** Why it does not work, or not fully. */
export const shownReason: RawBuilder<string | null> = sql`
  case when ${isPaused} then 'account_paused' else k.reason end`;

/** For how many seconds it has been paused; 0: it is not. */
export const secondsPaused: RawBuilder<number> = sql`coalesce(extract(epoch from now() - k.paused_at), 0)::float8`;
