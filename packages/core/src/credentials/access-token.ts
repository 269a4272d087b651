import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError } from "../errors.ts";
import type { Credentials } from "../provider.ts";
import { accountPausedError, isGrantDead } from "./failures.ts";
import { createSingleFlight } from "./single-flight.ts";
import { refreshCredential, type CredentialDeps } from "./refresh.ts";
import type { CredentialRow } from "./credential-store.ts";

/** A credential whose access token works, and its tokens. */
export type UsableCredential = { standing: CredentialRow; credentials: Credentials };

const maxMarginMs = 60_000;
const firstPollMs = 20;
const maxPollMs = 250;
const patienceMs = 20_000;
/** How long the caller that starts a refresh waits for the new token before it gets the still valid one. */
const courtesyMs = 1_000;

/** Whether the access token lasts for a call: longer than a minute, or than a tenth of its life if that is shorter. */
export function isUsable({ remainingMs, lifetimeMs }: CredentialRow): boolean {
  return remainingMs === null || remainingMs > Math.min(maxMarginMs, (lifetimeMs ?? 0) / 10);
}

/** Whether the access token can still be issued, even after a moment's wait. */
function isServable({ status, remainingMs }: CredentialRow): boolean {
  return status === "active" && remainingMs !== null && remainingMs > 2 * courtesyMs;
}

/** Throws for a credential that is not active: `needs_reconnect` with the reason, or `connection_unknown`. */
export function assertActive({ status, reason }: CredentialRow): void {
  if (status === "active") return;
  if (status === "disconnecting") throw new ConnectError("connection_unknown", "it is being disconnected");
  throw new ConnectError("needs_reconnect", `the credential is ${status}`, reason === null ? {} : { reason });
}

/**
 * Gives credentials that work, and refreshes them if they do not last. In this process, one refresh serves all callers. A
 * caller whose token is still valid does not wait for a running refresh; the caller that starts it waits a moment.
 */
export function createTokenProvider(parts: CredentialDeps) {
  const renewals = createSingleFlight<UsableCredential>();
  return async (standing: CredentialRow): Promise<UsableCredential> => {
    assertActive(standing);
    if (isUsable(standing)) return openCredential(parts, standing);
    if (isServable(standing) && renewals.isRunning(standing.id)) return openCredential(parts, standing);
    const renewal = renewals.run(standing.id, () => refreshOrWait(parts, standing));
    if (!isServable(standing) || (await settlesWithin(courtesyMs, renewal))) return await renewal;
    parts.trackInBackground(renewal);
    return openCredential(parts, standing);
  };
}

async function settlesWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const enough = new AbortController();
  const settled = () => true;
  const late = sleep(ms, false, { signal: enough.signal }).catch(settled);
  const soon = await Promise.race([work.then(settled, settled), late]);
  enough.abort();
  return soon;
}

/**
 * Refreshes, or waits for the process that does. A token that is still valid is issued meanwhile, and also if the provider
 * gives no new one, unless it says that the grant is dead.
 */
async function refreshOrWait(parts: CredentialDeps, known: CredentialRow): Promise<UsableCredential> {
  const giveUpAt = performance.now() + patienceMs;
  let standing = known;
  for (let pause = firstPollMs; ; pause = Math.min(maxPollMs, pause * 1.5)) {
    const askedAt = performance.now();
    const outcome = await refreshCredential(parts, standing).catch((failure: unknown) => {
      standing = subtractElapsed(standing, performance.now() - askedAt);
      if (isServable(standing) && failure instanceof ConnectError && !isGrantDead(failure)) return undefined;
      throw failure;
    });
    if (outcome === undefined) return openCredential(parts, standing);
    if (outcome.type === "missing") throw new ConnectError("connection_unknown", "disconnected meanwhile");
    standing = outcome.standing;
    assertActive(standing);
    if (outcome.type === "fresh") return outcome;
    if (outcome.type === "stale" ? isUsable(standing) : isServable(standing)) return openCredential(parts, standing);
    if (outcome.type === "backing_off")
      throw standing.reason === "account_paused" ? accountPausedError() : retryLater(outcome.seconds);
    if (performance.now() > giveUpAt) throw retryLater(5);
    if (outcome.type === "busy") await sleep(pause);
  }
}

/** Subtracts the time of a failed call: the token may have ended meanwhile. */
function subtractElapsed(standing: CredentialRow, ms: number): CredentialRow {
  return standing.remainingMs === null ? standing : { ...standing, remainingMs: standing.remainingMs - ms };
}

function openCredential({ seals }: CredentialDeps, standing: CredentialRow): UsableCredential {
  return { standing, credentials: seals.openCredentials(standing.secret, standing) };
}

function retryLater(retryAfter: number): ConnectError {
  return new ConnectError("provider_unavailable", "the token could not be renewed yet", {
    retryAfter: Math.max(1, Math.ceil(retryAfter)),
  });
}
