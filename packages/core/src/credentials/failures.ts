import { ConnectError } from "../errors.ts";
import type { HealthReason } from "../health.ts";
import { OutcomeUnknownError } from "../http/index.ts";

/** Whether the provider says that the grant is dead. */
export function isGrantDead(failure: unknown): boolean {
  return failure instanceof ConnectError && failure.code === "needs_reconnect";
}

/** Whether the provider says that the account is closed for now. That says nothing about the grant. */
export function isAccountPaused(failure: unknown): boolean {
  return failure instanceof ConnectError && failure.code === "account_paused";
}

/** An account that has been closed for longer than this counts as gone. */
export const goneAfterSeconds = 30 * 86_400;

/** The failure of an account that is closed at its provider, with the reason that a back end sees. */
export function accountPausedError(cause?: unknown): ConnectError {
  const reason = "account_paused" satisfies HealthReason;
  return new ConnectError("account_paused", "the account is paused at the provider", { cause, reason });
}

/** Whether the provider may have carried out the request although it failed for us. */
export function isOutcomeUnknown(failure: unknown): boolean {
  return failure instanceof OutcomeUnknownError || !(failure instanceof ConnectError);
}

/** Whether our own registration is at fault: the provider refused us before it looked at the user's grant. */
function isMisconfiguration(failure: unknown): boolean {
  return failure instanceof ConnectError && failure.code === "provider_misconfigured";
}

const minPauseSeconds = 2;
const maxPauseSeconds = 900;
const maxPauseWhilePausedSeconds = 3600;
const minPauseMisconfiguredSeconds = 60;

/**
 * Seconds to leave a provider alone after a failure that follows `failures` others in a row. They double each time, with
 * jitter in the upper half, and are never fewer than the provider asked for.
 */
export function backOffSecondsAfter(failure: unknown, failures: number, random = Math.random()): number {
  const least = isMisconfiguration(failure) ? minPauseMisconfiguredSeconds : minPauseSeconds;
  const most = isAccountPaused(failure) ? maxPauseWhilePausedSeconds : maxPauseSeconds;
  const grown = Math.min(most, least * 2 ** Math.min(failures, 20));
  const spread = grown * (0.5 + random / 2);
  const asked = failure instanceof ConnectError ? (failure.retryAfter ?? 0) : 0;
  return Math.max(spread, asked);
}
