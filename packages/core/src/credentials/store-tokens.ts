import { ConnectError } from "../errors.ts";
import { maintenanceDelaySeconds, measureLifetimes } from "../lifetimes.ts";
import type { Credentials, Provider } from "../provider.ts";
import type { Seals } from "../vault/index.ts";
import type { AcquiredLease, CredentialRow, CredentialStore } from "./credential-store.ts";
import { backOffSecondsAfter } from "./failures.ts";
import { awaitWrite, retryWrite } from "./retry-write.ts";

/** What storing renewed tokens needs. */
export interface StoreTokensDeps {
  store: Pick<CredentialStore, "storeRenewal">;
  seals: Seals;
  /** Told of work that outlives its request, and that a stop waits for. */
  trackInBackground: (work: Promise<unknown>) => void;
}

/** The answer of a refresh, with the credentials from before. */
export interface ReceivedTokens {
  provider: Provider;
  acquired: AcquiredLease;
  previous: Credentials;
  renewed: Credentials;
  /** The holder goes on under the same lease. */
  keepsLease: boolean;
}

/** A stored renewal. `failure`: the provider renewed the refresh token alone, so there is no new access token. */
export interface StoredTokens {
  row: CredentialRow;
  failure: ConnectError | undefined;
}

/**
 * Seals and stores renewed tokens before their first use, and tries again while the database cannot be reached; the caller
 * waits a minute at most. Another process may take the lease meanwhile. If the refresh token is spent by its first use, that
 * process hears at most that it is dead: the tokens in hand are the only ones that live, and are stored all the same. A
 * refresh token that came alone is stored beside the access token from before. Undefined: the lease is lost.
 */
export async function storeTokens(
  { store, seals, trackInBackground }: StoreTokensDeps,
  { provider, acquired, previous, renewed, keepsLease }: ReceivedTokens,
): Promise<StoredTokens | undefined> {
  const { lease } = acquired;
  const failure = findMissingToken(provider, renewed);
  // For a revocation the access token counts as over: the next try then refreshes before it revokes.
  const expiresAt = (keepsLease ? undefined : previous.expiresAt) ?? new Date();
  const merged = failure ? { ...previous, ...renewed, expiresAt } : renewed;
  const secret = seals.sealCredentials(merged, { id: lease.id, provider: provider.id });
  const backOffSeconds = failure && backOffSecondsAfter(failure, acquired.failures);
  const write = retryWrite(async () => {
    const lifetimes = measureLifetimes(merged);
    return await store.storeRenewal(lease, {
      secret,
      ...lifetimes,
      maintainInSeconds: backOffSeconds ?? maintenanceDelaySeconds(provider, lifetimes.expiresInSeconds),
      backOffSeconds,
      subscribesToEvents: provider.subscribe !== undefined,
      isOnlyRenewal: provider.singleUseRefreshToken === true,
      keepsLease,
    });
  });
  const row = await awaitWrite(write, trackInBackground);
  return row && { row, failure };
}

/** The failure of a refresh that brought a refresh token alone. Undefined: it brought an access token. */
function findMissingToken({ id }: Provider, { accessToken }: Credentials): ConnectError | undefined {
  if (accessToken !== undefined) return undefined;
  return new ConnectError("provider_misbehaved", `${id} renewed the refresh token alone`);
}
