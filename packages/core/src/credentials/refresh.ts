import { randomUUID } from "node:crypto";
import { getProviderOfApp, type Registry } from "../registry.ts";
import { ConnectError } from "../errors.ts";
import { latestBegin } from "../leases.ts";
import type { Credentials, Provider } from "../provider.ts";
import type { Seals } from "../vault/index.ts";
import {
  accountPausedError,
  backOffSecondsAfter,
  findCredentialEnd,
  isAccountPaused,
  isOutcomeUnknown,
  type FailedCall,
} from "./failures.ts";
import { storeTokens } from "./store-tokens.ts";
import type { CredentialStore, CredentialEnd, CredentialRow, LeaseResult } from "./credential-store.ts";

/** What refreshing, issuing and maintaining credentials need. */
export interface CredentialDeps {
  store: CredentialStore;
  registry: Registry;
  seals: Seals;
  /** Told of each failure of a provider after it was stored. For the operator's log. */
  report: (failure: ConnectError, credential: Pick<CredentialRow, "id" | "provider">) => void;
  /** Told of work that outlives its request, and that a stop waits for. */
  trackInBackground: (work: Promise<unknown>) => void;
}

/** What comes of a refresh: new tokens, or why this caller did not send one. */
export type RefreshResult =
  | { type: "fresh"; row: CredentialRow; credentials: Credentials }
  | Exclude<LeaseResult, { type: "acquired" }>;

/**
 * Refreshes one version of a credential once, under its lease. One statement takes the lease and records that a refresh is
 * sent; the provider is called outside any transaction; the answer is stored before its first use, fenced by version and
 * owner. Throws `needs_reconnect` after it has stored that the provider calls the grant dead, and otherwise the failure
 * that kept a new token from us. `ending`: how a dead grant ends the credential.
 */
export async function refreshCredential(
  deps: CredentialDeps,
  row: CredentialRow,
  ending?: CredentialEnd,
): Promise<RefreshResult> {
  const provider = getProviderOfApp(deps.registry, row);
  // Opened before the lease is taken: a process that lacks the key must not delay those that have it.
  const credentials = deps.seals.openCredentials(row.secret, row);
  const askedAt = performance.now();
  const acquired = await deps.store.acquireLease(row, randomUUID(), "refresh");
  if (acquired.type !== "acquired") return acquired;
  const { unsettled } = acquired;
  let renewed: Credentials;
  try {
    const beginsBy = latestBegin(askedAt, acquired.seconds);
    renewed = withLifetime(await sendRefresh(provider, credentials, { unsettled, beginsBy }), acquired.row, provider);
  } catch (failure) {
    return await recordFailure(deps, { provider, acquired, ending, failure });
  }
  const stored = await storeTokens(deps, { provider, acquired, previous: credentials, renewed, keepsLease: false });
  if (stored === undefined) return await rereadCredential(deps.store, row.id);
  if (stored.failure === undefined) return { type: "fresh", row: stored.row, credentials: renewed };
  deps.report(stored.failure, acquired.row);
  throw stored.failure;
}

type RefreshAttempt = { unsettled: boolean; beginsBy: number };

/**
 * Sends a refresh. An earlier refresh whose answer never came (`unsettled`) may have been carried out: if the provider
 * can introspect, it is asked first, while the access token should still be alive. Nothing is sent after `beginsBy`: this
 * process stood still, and another may have taken the lease. Throws `needs_reconnect` if the refresh token is dead.
 */
export async function sendRefresh(
  provider: Provider,
  credentials: Credentials,
  { unsettled, beginsBy }: RefreshAttempt,
): Promise<Credentials> {
  if (provider.refresh === undefined) throw new Error(`${provider.id} has no refresh, and was asked for one`);
  if (
    unsettled &&
    provider.introspect &&
    isAccessTokenAlive(credentials) &&
    !(await provider.introspect(credentials))
  ) {
    throw new ConnectError("needs_reconnect", `${provider.id} gave new tokens, and its answer was lost`);
  }
  if (performance.now() > beginsBy) throw new ConnectError("provider_unavailable", "the lease is about to run out");
  return await provider.refresh(credentials);
}

const clockMarginMs = 60_000;

/** Whether the access token should still live. Some servers call a pair inactive as soon as its access token has ended. */
function isAccessTokenAlive({ expiresAt }: Credentials): boolean {
  return expiresAt !== undefined && expiresAt.getTime() > Date.now() + clockMarginMs;
}

const minKnownLifetimeMs = 500;

/**
 * Adds the lifetime of an access token whose answer does not say it (RFC 6749 5.1): that of the token before, or the
 * documented one if that is unknown too.
 */
function withLifetime(renewed: Credentials, { lifetimeMs }: CredentialRow, { accessSeconds }: Provider): Credentials {
  const seconds = lifetimeMs === null || lifetimeMs < minKnownLifetimeMs ? accessSeconds : lifetimeMs / 1000;
  if (renewed.expiresAt !== undefined || seconds === undefined) return renewed;
  return { ...renewed, expiresAt: new Date(Date.now() + seconds * 1000) };
}

async function recordFailure({ store, report }: CredentialDeps, failed: FailedCall): Promise<RefreshResult> {
  const { acquired, failure } = failed;
  const { lease } = acquired;
  const ending = findCredentialEnd(failed);
  if (ending === undefined) {
    const paused = isAccountPaused(failure);
    const seconds = backOffSecondsAfter(failure, acquired.failures);
    // This try does not tell what came of an earlier one.
    await store.backOff(lease, { seconds, unsettled: acquired.unsettled || isOutcomeUnknown(failure), paused });
    if (failure instanceof ConnectError) report(failure, acquired.row);
    throw paused ? accountPausedError(failure) : failure;
  }
  // Written only if the row has not changed: another process may have rotated the token meanwhile.
  if (!(await store.markDead(lease, ending))) return await rereadCredential(store, lease.id);
  const dead = new ConnectError("needs_reconnect", "the provider says that the grant is dead", {
    cause: failure,
    reason: ending.reason,
  });
  report(dead, acquired.row);
  throw dead;
}

async function rereadCredential(store: CredentialStore, id: string): Promise<RefreshResult> {
  const row = await store.find(id);
  return row ? { type: "stale", row } : { type: "missing" };
}
