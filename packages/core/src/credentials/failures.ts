import { ConnectError } from "../errors.ts";
import type { HealthReason } from "../health.ts";
import { OutcomeUnknownError } from "../http/index.ts";
import type { Provider } from "../provider.ts";
import type { AcquiredLease, CredentialEnd } from "./credential-store.ts";

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

/** A call to a provider that failed under a lease. */
export type FailedCall = {
  provider: Provider;
  acquired: AcquiredLease;
  /** How a dead grant ends the credential, if the caller knows why it would be dead. */
  ending: CredentialEnd | undefined;
  failure: unknown;
};

/**
 * Finds how a failure ends the credential. Undefined: it does not. An account that has been closed for too long counts as
 * gone. If the provider's refresh tokens are spent by one use, new tokens that never arrived explain a dead grant.
 */
export function findCredentialEnd({ provider, acquired, ending, failure }: FailedCall): CredentialEnd | undefined {
  if (isAccountPaused(failure) && acquired.pausedFor > goneAfterSeconds) {
    return { status: "needs_reconnect", reason: "account_gone" };
  }
  if (!isGrantDead(failure)) return undefined;
  if (provider.singleUseRefreshToken && acquired.unsettled)
    return { status: "needs_reconnect", reason: "refresh_lost" };
  return ending ?? { status: "needs_reconnect", reason: "grant_ended" };
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
  const minSeconds = isMisconfiguration(failure) ? minPauseMisconfiguredSeconds : minPauseSeconds;
  const maxSeconds = isAccountPaused(failure) ? maxPauseWhilePausedSeconds : maxPauseSeconds;
  const doubled = Math.min(maxSeconds, minSeconds * 2 ** Math.min(failures, 20));
  const jittered = doubled * (0.5 + random / 2);
  const retryAfter = failure instanceof ConnectError ? (failure.retryAfter ?? 0) : 0;
  return Math.max(jittered, retryAfter);
}
