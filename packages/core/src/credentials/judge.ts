import { ConnectError } from "../errors.ts";
import type { Credentials, Provider } from "../provider.ts";
import { goneAfterSeconds, saysDead, saysPaused } from "./failures.ts";
import type { Ending, Take } from "./store.ts";

/** What became of a question to a provider under a lease. */
export type Failed = {
  provider: Provider;
  take: Extract<Take, { type: "taken" }>;
  /** What a dead grant is to be called. */
  ending: Ending | undefined;
  failure: unknown;
};

/**
 * How a failure ends the credential; undefined: it does not. An account that has been closed for too long is gone. A strict
 * provider's new tokens that never arrived explain a dead grant, whatever made somebody ask after it.
 */
export function endingAfter({ provider, take, ending, failure }: Failed): Ending | undefined {
  if (saysPaused(failure) && take.pausedFor > goneAfterSeconds) {
    return { status: "needs_reconnect", reason: "account_gone" };
  }
  if (!saysDead(failure)) return undefined;
  if (provider.rotatesStrictly && take.unsettled) return { status: "needs_reconnect", reason: "refresh_lost" };
  return ending ?? { status: "needs_reconnect", reason: "grant_ended" };
}

/** The failure of a refresh that brought a refresh token alone, once that is stored; undefined: it brought an access token. */
export function halfAnswer({ id }: Provider, { accessToken }: Credentials): ConnectError | undefined {
  if (accessToken !== undefined) return undefined;
  return new ConnectError("provider_misbehaved", `${id} renewed the refresh token alone`);
}
