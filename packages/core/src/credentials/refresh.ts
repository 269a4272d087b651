import { randomUUID } from "node:crypto";
import { getProviderOfApp, type Registry } from "../registry.ts";
import { ConnectError } from "../errors.ts";
import { latestBegin } from "../leases.ts";
import { maintenanceDelaySeconds, measureLifetimes } from "../lifetimes.ts";
import type { Credentials, Provider } from "../provider.ts";
import type { Seals } from "../vault/index.ts";
import { isOutcomeUnknown, backOffSecondsAfter, accountPausedError, isAccountPaused } from "./failures.ts";
import { findCredentialEnd, findMissingToken, type FailedCall } from "./credential-end.ts";
import { retryWrite, awaitWrite } from "./retry-write.ts";
import type { CredentialStore, CredentialEnd, CredentialRow, LeaseResult } from "./credential-store.ts";

export interface CredentialDeps {
  store: CredentialStore;
  registry: Registry;
  seals: Seals;
  /** Told of each failure at a provider once it has been stored. For the operator's log. */
  report: (failure: ConnectError, credential: Pick<CredentialRow, "id" | "provider">) => void;
  /** Told of work that nobody waits for any more, and that must not be cut off by a stop. */
  trackInBackground: (work: Promise<unknown>) => void;
}

export type RefreshResult =
  | { type: "fresh"; standing: CredentialRow; credentials: Credentials }
  | Extract<LeaseResult, { type: "busy" | "backing_off" | "stale" | "missing" }>;

/**
 * Refreshes one version of a credential, at most once however many ask: the lease is taken and the sending recorded in
 * one statement, the provider is called outside any transaction, and the answer is stored before anybody uses it, fenced by
 * version and owner. Throws `needs_reconnect` once the provider's word that the grant is dead has been stored, and otherwise
 * the failure for which there is no new token. `ending`: what a dead grant is to be called.
 */
export async function refreshCredential(
  parts: CredentialDeps,
  standing: CredentialRow,
  ending?: CredentialEnd,
): Promise<RefreshResult> {
  const provider = getProviderOfApp(parts.registry, standing);
  // Before the lease: a process that lacks the key must not hold up those that have it. Only this version is then taken.
  const held = parts.seals.openCredentials(standing.secret, standing);
  const owner = randomUUID();
  const askedAt = performance.now();
  const take = await parts.store.acquireLease(standing, owner, true);
  if (take.type !== "acquired") return take;
  const { unsettled } = take;
  let renewed: Credentials;
  try {
    const beginsBy = latestBegin(askedAt, take.seconds);
    renewed = withLifetime(await sendRefresh(provider, held, { unsettled, beginsBy }), take.standing, provider);
  } catch (failure) {
    return await recordFailure(parts, { provider, take, ending, failure });
  }
  return await storeTokens(parts, { provider, take, held, renewed });
}

type RefreshAttempt = { unsettled: boolean; beginsBy: number };

/**
 * Sends a refresh. One before it whose answer never came (`unsettled`) may have been carried out: where the provider can be
 * asked that, it is asked first, as long as its answer tells of nothing else. After `beginsBy` nothing is sent: this process
 * stood still, and another may be at it. Throws `needs_reconnect` where the refresh token is dead.
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

/** Whether the access token should still live. Some servers call a pair inactive as soon as that has run out. */
function isAccessTokenAlive({ expiresAt }: Credentials): boolean {
  return expiresAt !== undefined && expiresAt.getTime() > Date.now() + clockMarginMs;
}

const minKnownLifetimeMs = 500;

/**
 * A token whose answer does not say how long it lasts (RFC 6749 5.1) lasts as long as the one before did; as documented,
 * where that was not known either.
 */
function withLifetime(renewed: Credentials, { lifetimeMs }: CredentialRow, { accessSeconds }: Provider): Credentials {
  const seconds = lifetimeMs === null || lifetimeMs < minKnownLifetimeMs ? accessSeconds : lifetimeMs / 1000;
  if (renewed.expiresAt !== undefined || seconds === undefined) return renewed;
  return { ...renewed, expiresAt: new Date(Date.now() + seconds * 1000) };
}

type ReceivedTokens = {
  provider: Provider;
  take: Extract<LeaseResult, { type: "acquired" }>;
  held: Credentials;
  renewed: Credentials;
};

/**
 * Stored before use, and tried on while the database cannot be reached, though nobody waits for it so long. Others may
 * reach it meanwhile, and take the lease once it has run out. Where a refresh token is spent by its first use, what they
 * then hear is that it is dead: the tokens in hand are the only ones that live, and are stored all the same. A refresh token
 * that came alone is kept beside the access token from before, and counts as a failure.
 */
async function storeTokens(
  { store, seals, trackInBackground, report }: CredentialDeps,
  kept: ReceivedTokens,
): Promise<RefreshResult> {
  const { provider, take, held, renewed } = kept;
  const { lease } = take;
  const failure = findMissingToken(provider, renewed);
  const whole = failure ? { ...held, ...renewed, expiresAt: held.expiresAt ?? new Date() } : renewed;
  const secret = seals.sealCredentials(whole, { id: lease.id, provider: provider.id });
  const isOnlyRenewal = provider.singleUseRefreshToken === true;
  const backOffSeconds = failure && backOffSecondsAfter(failure, take.failures);
  const subscribesToEvents = provider.subscribe !== undefined;
  const storing = retryWrite(async () => {
    const lifetimes = measureLifetimes(whole);
    const next = {
      maintainInSeconds: backOffSeconds ?? maintenanceDelaySeconds(provider, lifetimes.expiresInSeconds),
      backOffSeconds,
      subscribesToEvents,
    };
    return await store.storeRenewal(lease, { secret, ...lifetimes, ...next, isOnlyRenewal });
  });
  const stored = await awaitWrite(storing, trackInBackground);
  if (stored === undefined) return await rereadCredential(store, lease.id);
  if (failure === undefined) return { type: "fresh", standing: stored, credentials: renewed };
  report(failure, take.standing);
  throw failure;
}

async function recordFailure({ store, report }: CredentialDeps, failed: FailedCall): Promise<RefreshResult> {
  const { take, failure } = failed;
  const { lease } = take;
  const ending = findCredentialEnd(failed);
  if (ending === undefined) {
    const paused = isAccountPaused(failure);
    const seconds = backOffSecondsAfter(failure, take.failures);
    // What was unknown before stays so, whatever became of this try.
    await store.backOff(lease, { seconds, unsettled: take.unsettled || isOutcomeUnknown(failure), paused });
    if (failure instanceof ConnectError) report(failure, take.standing);
    throw paused ? accountPausedError(failure) : failure;
  }
  // Written only where nobody has changed the row since: a sibling may have rotated the token under our hands.
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
