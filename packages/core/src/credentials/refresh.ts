import { randomUUID } from "node:crypto";
import { getProviderOfApp, type Registry } from "../registry.ts";
import { ConnectError } from "../errors.ts";
import { latestBegin } from "../leases.ts";
import type { Credentials, Provider } from "../provider.ts";
import type { Seals } from "../vault/index.ts";
import { isOutcomeUnknown, backOffSecondsAfter, accountPausedError, isAccountPaused } from "./failures.ts";
import { findCredentialEnd, type FailedCall } from "./credential-end.ts";
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
  | { type: "fresh"; standing: CredentialRow; credentials: Credentials }
  | Exclude<LeaseResult, { type: "acquired" }>;

/**
 * Refreshes one version of a credential once, under its lease. One statement takes the lease and records that a refresh is
 * sent; the provider is called outside any transaction; the answer is stored before its first use, fenced by version and
 * owner. Throws `needs_reconnect` after it has stored that the provider calls the grant dead, and otherwise the failure
 * that kept a new token from us. `ending`: how a dead grant ends the credential.
 */
export async function refreshCredential(
  parts: CredentialDeps,
  standing: CredentialRow,
  ending?: CredentialEnd,
): Promise<RefreshResult> {
  const provider = getProviderOfApp(parts.registry, standing);
  // Opened before the lease is taken: a process that lacks the key must not delay those that have it.
  const held = parts.seals.openCredentials(standing.secret, standing);
  const owner = randomUUID();
  const askedAt = performance.now();
  const take = await parts.store.acquireLease(standing, owner, "refresh");
  if (take.type !== "acquired") return take;
  const { unsettled } = take;
  let renewed: Credentials;
  try {
    const beginsBy = latestBegin(askedAt, take.seconds);
    renewed = withLifetime(await sendRefresh(provider, held, { unsettled, beginsBy }), take.standing, provider);
  } catch (failure) {
    return await recordFailure(parts, { provider, take, ending, failure });
  }
  const stored = await storeTokens(parts, { provider, take, held, renewed, keepsLease: false });
  if (stored === undefined) return await rereadCredential(parts.store, standing.id);
  if (stored.failure === undefined) return { type: "fresh", standing: stored.standing, credentials: renewed };
  parts.report(stored.failure, take.standing);
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
  if (provider.refresh === undefined) throw new ConnectError("provider_misbehaved", `${provider.id} has no refresh`);
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
  const { take, failure } = failed;
  const { lease } = take;
  const ending = findCredentialEnd(failed);
  if (ending === undefined) {
    const paused = isAccountPaused(failure);
    const seconds = backOffSecondsAfter(failure, take.failures);
    // This try does not tell what came of an earlier one.
    await store.backOff(lease, { seconds, unsettled: take.unsettled || isOutcomeUnknown(failure), paused });
    if (failure instanceof ConnectError) report(failure, take.standing);
    throw paused ? accountPausedError(failure) : failure;
  }
  // Written only if the row has not changed: another process may have rotated the token meanwhile.
  if (!(await store.markDead(lease, ending))) return await rereadCredential(store, lease.id);
  const dead = new ConnectError("needs_reconnect", "the provider says that the grant is dead", {
    cause: failure,
    reason: ending.reason,
  });
  report(dead, take.standing);
  throw dead;
}

async function rereadCredential(store: CredentialStore, id: string): Promise<RefreshResult> {
  const standing = await store.find(id);
  return standing ? { type: "stale", standing } : { type: "missing" };
}
