import type { Provider } from "../provider.ts";
import { goneAfterSeconds, isGrantDead, isAccountPaused } from "./failures.ts";
import type { AcquiredLease, CredentialEnd } from "./credential-store.ts";

/** A call to a provider that failed under a lease. */
export type FailedCall = {
  provider: Provider;
  take: AcquiredLease;
  /** How a dead grant ends the credential, if the caller knows why it would be dead. */
  ending: CredentialEnd | undefined;
  failure: unknown;
};

/**
 * Finds how a failure ends the credential. Undefined: it does not. An account that has been closed for too long counts as
 * gone. If the provider's refresh tokens are spent by one use, new tokens that never arrived explain a dead grant.
 */
export function findCredentialEnd({ provider, take, ending, failure }: FailedCall): CredentialEnd | undefined {
  if (isAccountPaused(failure) && take.pausedFor > goneAfterSeconds) {
    return { status: "needs_reconnect", reason: "account_gone" };
  }
  if (!isGrantDead(failure)) return undefined;
  if (provider.singleUseRefreshToken && take.unsettled) return { status: "needs_reconnect", reason: "refresh_lost" };
  return ending ?? { status: "needs_reconnect", reason: "grant_ended" };
}
