/**
 * Why a connection does not work, or not fully. The list is closed: users read one sentence for each.
 *
 * - `grant_ended`: the provider refuses to renew the access: it ran out, was taken back there, or a password changed.
 * - `refresh_lost`: a renewal was interrupted, and its answer, which held the new tokens, is lost.
 * - `superseded`: another connection of the same account ended it.
 * - `refresh_failing`: the access token ended a day ago or more, and no refresh since has brought a new one: the provider does
 *   not answer, or not in a way that we understand. It is tried again, and the connection works again once that succeeds.
 * - `account_paused`: the provider says that the account is closed there for now: a store that is frozen. It is asked again.
 * - `account_gone`: it was paused for 30 days, and is asked about no more.
 * - `removed_at_provider`: the account's owner removed the app at the provider.
 * - `provider_not_configured`: the app that it was connected with is not configured here now: it is never stored, and the
 *   connection works again once the app is back.
 * - `scope_missing`: the connection works, with fewer permissions than are needed: the user who signed in to the account
 *   last left some out, and the provider keeps one grant for each account.
 */
export const healthReasons = [
  "grant_ended",
  "refresh_lost",
  "superseded",
  "refresh_failing",
  "account_paused",
  "account_gone",
  "removed_at_provider",
  "provider_not_configured",
  "scope_missing",
] as const;

/** A reason of the list. */
export type HealthReason = (typeof healthReasons)[number];
