import { ConnectError } from "../errors.ts";
import type { HealthReason } from "../health.ts";
import { OutcomeUnknownError } from "../http/index.ts";

export function isGrantDead(failure: unknown): boolean {
  return failure instanceof ConnectError && failure.code === "needs_reconnect";
}

/** Whether the provider says that the account is closed there for now, so that nothing can be said of the grant. */
export function isAccountPaused(failure: unknown): boolean {
  return failure instanceof ConnectError && failure.code === "account_paused";
}

/** An account that has been closed for longer counts as gone. */
export const goneAfterSeconds = 30 * 86_400;

/** The failure of an account that is closed at its provider, with the reason that a back end sees. */
export function accountPausedError(cause?: unknown): ConnectError {
  const reason = "account_paused" satisfies HealthReason;
  return new ConnectError("account_paused", "the account is paused at the provider", { cause, reason });
}

/** Whether the provider may have done what it was asked all the same. */
export function isOutcomeUnknown(failure: unknown): boolean {
  return failure instanceof OutcomeUnknownError || !(failure instanceof ConnectError);
}

/** Our own registration is at fault: the provider refused us before it looked at the user's grant. */
function isMisconfiguration(failure: unknown): boolean {
  return failure instanceof ConnectError && failure.code === "provider_misconfigured";
}

const minPauseSeconds = 2;
const maxPauseSeconds = 900;
const maxPauseWhilePausedSeconds = 3600;
const minPauseMisconfiguredSeconds = 60;

/**
 * Seconds to leave a provider alone after a failure, the `failures`th and one in a row: doubled each time, with full
 * jitter above the half, and never sooner than the provider asked for.
 */
export function backOffSecondsAfter(failure: unknown, failures: number, random = Math.random()): number {
  const least = isMisconfiguration(failure) ? minPauseMisconfiguredSeconds : minPauseSeconds;
  const most = isAccountPaused(failure) ? maxPauseWhilePausedSeconds : maxPauseSeconds;
  const grown = Math.min(most, least * 2 ** Math.min(failures, 20));
  const spread = grown * (0.5 + random / 2);
  const asked = failure instanceof ConnectError ? (failure.retryAfter ?? 0) : 0;
  return Math.max(spread, asked);
}
