import { ConnectError } from "../errors.ts";
import { Unclear } from "../http/index.ts";

export function saysDead(failure: unknown): boolean {
  return failure instanceof ConnectError && failure.code === "needs_reconnect";
}

/** Whether the provider may have done what it was asked all the same. */
export function isUnclear(failure: unknown): boolean {
  return failure instanceof Unclear || !(failure instanceof ConnectError);
}

/** Our own registration is at fault: the provider refused us before it looked at the user's grant. */
function isMisconfiguration(failure: unknown): boolean {
  return failure instanceof ConnectError && failure.code === "provider_misconfigured";
}

const firstPause = 2;
const longestPause = 900;
const misconfiguredPause = 60;

/**
 * Seconds to leave a provider alone after a failure, the `failures`th and one in a row: doubled each time, with full
 * jitter above the half, and never sooner than the provider asked for.
 */
export function pauseAfter(failure: unknown, failures: number, random = Math.random()): number {
  const least = isMisconfiguration(failure) ? misconfiguredPause : firstPause;
  const grown = Math.min(longestPause, least * 2 ** Math.min(failures, 20));
  const spread = grown * (0.5 + random / 2);
  const asked = failure instanceof ConnectError ? (failure.retryAfter ?? 0) : 0;
  return Math.max(spread, asked);
}
