import { ConnectError } from "../errors.ts";
import type { Credentials, Provider } from "../provider.ts";
import { goneAfterSeconds, isGrantDead, isAccountPaused } from "./failures.ts";
import type { CredentialEnd, LeaseResult } from "./credential-store.ts";

/** What became of a question to a provider under a lease. */
export type FailedCall = {
  provider: Provider;
  take: Extract<LeaseResult, { type: "acquired" }>;
  /** What a dead grant is to be called. */
  ending: CredentialEnd | undefined;
  failure: unknown;
};

/**
 * How a failure ends the credential; undefined: it does not. An account that has been closed for too long is gone. A strict
 * provider's new tokens that never arrived explain a dead grant, whatever made somebody ask after it.
 */
export function findCredentialEnd({ provider, take, ending, failure }: FailedCall): CredentialEnd | undefined {
  if (isAccountPaused(failure) && take.pausedFor > goneAfterSeconds) {
    return { status: "needs_reconnect", reason: "account_gone" };
  }
  if (!isGrantDead(failure)) return undefined;
  if (provider.singleUseRefreshToken && take.unsettled) return { status: "needs_reconnect", reason: "refresh_lost" };
  return ending ?? { status: "needs_reconnect", reason: "grant_ended" };
}

/** The failure of a refresh that brought a refresh token alone, once that is stored; undefined: it brought an access token. */
export function findMissingToken({ id }: Provider, { accessToken }: Credentials): ConnectError | undefined {
  if (accessToken !== undefined) return undefined;
  return new ConnectError("provider_misbehaved", `${id} renewed the refresh token alone`);
}
