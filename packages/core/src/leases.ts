/**
 * What comes of asking for a lease, the right to work on a row until a time.
 * - `acquired`: the caller alone has it.
 * - `busy`: another holder has it.
 * - `backing_off`: nobody has it, and the provider is left alone for a while.
 * - `stale`: the row has changed, and is not what the caller knew.
 * - `missing`: there is no such row.
 */
export type LeaseOutcome = "acquired" | "busy" | "backing_off" | "stale" | "missing";

/** The time-out of one request to a provider, its whole answer included. */
export const requestSeconds = 10;
/** The time-out of one conversation with Telegram, its connection included. */
export const conversationSeconds = 15;
/** How much longer than a conversation a request for the current step waits for a scan. */
export const scanWaitSeconds = 9;

/** What a lease needs besides the provider's time-outs, for our own statements. */
const marginSeconds = 5;

/** A refresh or a probe: at most an introspection and the refresh. */
export const refreshLeaseSeconds = 2 * requestSeconds + marginSeconds;

/**
 * A revocation: at most an introspection, a refresh, two requests that remove our webhook address, and the revocation.
 * The tokens of its refresh are stored in between.
 */
export const revocationLeaseSeconds = 5 * requestSeconds + 2 * marginSeconds;

/** A claim on an attempt of a redirect flow: the exchange of the code, and two questions about the account. */
export const claimSeconds = 3 * requestSeconds + 2 * marginSeconds;

/** How long a ticket or a connect code lasts: until a page that has just been opened, or a back end, posts it. */
export const ticketSeconds = 120;

/** A lease on an interactive login: two conversations, and a wait for a scan between them. */
export const loginLeaseSeconds = 2 * conversationSeconds + scanWaitSeconds + 1;

/** An exclusive lease of a credential: a back end works with it and no request of ours is sent, so it follows no time-out. */
export const exclusiveLeaseSeconds = 120;

/** The latest moment, by `performance.now()`, at which a request may begin so that it ends within a lease asked for at `askedAt`. */
export function latestBegin(askedAt: number, leaseSeconds: number): number {
  return askedAt + (leaseSeconds - requestSeconds) * 1000;
}
