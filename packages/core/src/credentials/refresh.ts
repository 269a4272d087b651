import { randomUUID } from "node:crypto";
import { providerOfApp, type Registry } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { keepIn, lifetimes } from "../lifetimes.ts";
import type { Credentials, Provider } from "../provider.ts";
import type { Seals } from "../vault/index.ts";
import { isUnclear, pauseAfter, pausedFailure, saysPaused } from "./failures.ts";
import { endingAfter, halfAnswer, type Failed } from "./judge.ts";
import { persist, waitFor } from "./persist.ts";
import type { CredentialStore, Ending, Standing, Take } from "./store.ts";

export interface RefreshParts {
  store: CredentialStore;
  registry: Registry;
  seals: Seals;
  /** Told of each failure at a provider once it has been stored. For the operator's log. */
  report: (failure: ConnectError, credential: Pick<Standing, "id" | "provider">) => void;
  /** Told of work that nobody waits for any more, and that must not be cut off by a stop. */
  outlives: (work: Promise<unknown>) => void;
}

export type Refreshed =
  | { type: "fresh"; standing: Standing; credentials: Credentials }
  | Extract<Take, { type: "held" | "resting" | "changed" | "gone" }>;

/**
 * Refreshes one version of a credential, at most once however many ask: the lease is taken and the sending recorded in
 * one statement, the provider is called outside any transaction, and the answer is stored before anybody uses it, fenced by
 * version and owner. Throws `needs_reconnect` once the provider's word that the grant is dead has been stored, and otherwise
 * the failure for which there is no new token. `ending`: what a dead grant is to be called.
 */
export async function refresh(parts: RefreshParts, standing: Standing, ending?: Ending): Promise<Refreshed> {
  const provider = providerOfApp(parts.registry, standing);
  // Before the lease: a process that lacks the key must not hold up those that have it. Only this version is then taken.
  const held = parts.seals.openCredentials(standing.secret, standing);
  const owner = randomUUID();
  const askedAt = performance.now();
  const take = await parts.store.take(standing, owner, true);
  if (take.type !== "taken") return take;
  const { unsettled } = take;
  let renewed: Credentials;
  try {
    const beginsBy = latestBegin(askedAt, take.seconds);
    renewed = withLife(await sendRefresh(provider, held, { unsettled, beginsBy }), take.standing, provider);
  } catch (failure) {
    return await settleFailure(parts, { provider, take, ending, failure });
  }
  return await keep(parts, { provider, take, held, renewed });
}

const longestRequestMs = 10_000;

/** The latest moment, as `performance.now()` tells it, at which a request ends within a lease taken for so many seconds. */
export function latestBegin(askedAt: number, leaseSeconds: number): number {
  return askedAt + leaseSeconds * 1000 - longestRequestMs;
}

type Sending = { unsettled: boolean; beginsBy: number };

/**
 * Sends a refresh. One before it whose answer never came (`unsettled`) may have been carried out: where the provider can be
 * asked that, it is asked first, as long as its answer tells of nothing else. After `beginsBy` nothing is sent: this process
 * stood still, and another may be at it. Throws `needs_reconnect` where the refresh token is dead.
 */
export async function sendRefresh(
  provider: Provider,
  credentials: Credentials,
  { unsettled, beginsBy }: Sending,
): Promise<Credentials> {
  if (provider.refresh === undefined) throw new ConnectError("provider_misbehaved", `${provider.id} has no refresh`);
  if (unsettled && provider.introspect && isYoung(credentials) && !(await provider.introspect(credentials))) {
    throw new ConnectError("needs_reconnect", `${provider.id} gave new tokens, and its answer was lost`);
  }
  if (performance.now() > beginsBy) throw new ConnectError("provider_unavailable", "the lease is about to run out");
  return await provider.refresh(credentials);
}

const clockMarginMs = 60_000;

/** Whether the access token should still live. Some servers call a pair inactive as soon as that has run out. */
function isYoung({ expiresAt }: Credentials): boolean {
  return expiresAt !== undefined && expiresAt.getTime() > Date.now() + clockMarginMs;
}

const unknownMs = 500;

/**
 * A token whose answer does not say how long it lasts (RFC 6749 5.1) lasts as long as the one before did; as documented,
 * where that was not known either.
 */
function withLife(renewed: Credentials, { lifetime }: Standing, { accessSeconds }: Provider): Credentials {
  const seconds = lifetime === null || lifetime < unknownMs ? accessSeconds : lifetime / 1000;
  if (renewed.expiresAt !== undefined || seconds === undefined) return renewed;
  return { ...renewed, expiresAt: new Date(Date.now() + seconds * 1000) };
}

type Kept = { provider: Provider; take: Extract<Take, { type: "taken" }>; held: Credentials; renewed: Credentials };

/**
 * Stored before use, and tried on while the database cannot be reached, though nobody waits for it so long. Others may
 * reach it meanwhile, and take the lease once it has run out. Where a refresh token is spent by its first use, what they
 * then hear is that it is dead: the tokens in hand are the only ones that live, and are stored all the same. A refresh token
 * that came alone is kept beside the access token from before, and counts as a failure.
 */
async function keep({ store, seals, outlives, report }: RefreshParts, kept: Kept): Promise<Refreshed> {
  const { provider, take, held, renewed } = kept;
  const { lease } = take;
  const failure = halfAnswer(provider, renewed);
  const whole = failure ? { ...held, ...renewed, expiresAt: held.expiresAt ?? new Date() } : renewed;
  const secret = seals.sealCredentials(whole, { id: lease.id, provider: provider.id });
  const only = provider.rotatesStrictly === true;
  const rests = failure && pauseAfter(failure, take.failures);
  const subscribes = provider.subscribe !== undefined;
  const storing = persist(async () => {
    const { lasts, refreshLasts } = lifetimes(whole);
    const next = { keepIn: rests ?? keepIn(provider, lasts), rests, subscribes };
    return await store.renew(lease, { secret, lasts, refreshLasts, only, ...next });
  });
  const stored = await waitFor(storing, outlives);
  if (stored === undefined) return await reread(store, lease.id);
  if (failure === undefined) return { type: "fresh", standing: stored, credentials: renewed };
  report(failure, take.standing);
  throw failure;
}

async function settleFailure({ store, report }: RefreshParts, failed: Failed): Promise<Refreshed> {
  const { take, failure } = failed;
  const { lease } = take;
  const ending = endingAfter(failed);
  if (ending === undefined) {
    const paused = saysPaused(failure);
    const seconds = pauseAfter(failure, take.failures);
    // What was unknown before stays so, whatever became of this try.
    await store.rest(lease, { seconds, unsettled: take.unsettled || isUnclear(failure), paused });
    if (failure instanceof ConnectError) report(failure, take.standing);
    throw paused ? pausedFailure(failure) : failure;
  }
  // Written only where nobody has changed the row since: a sibling may have rotated the token under our hands.
  if (!(await store.end(lease, ending))) return await reread(store, lease.id);
  const dead = new ConnectError("needs_reconnect", "the provider says that the grant is dead", {
    cause: failure,
    reason: ending.reason,
  });
  report(dead, take.standing);
  throw dead;
}

async function reread(store: CredentialStore, id: string): Promise<Refreshed> {
  const standing = await store.read(id);
  return standing ? { type: "changed", standing } : { type: "gone" };
}
