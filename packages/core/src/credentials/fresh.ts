import { setTimeout as sleep } from "node:timers/promises";
import { ConnectError } from "../errors.ts";
import type { Credentials } from "../provider.ts";
import { pausedFailure, saysDead } from "./failures.ts";
import { createOnce } from "./once.ts";
import { refresh, type RefreshParts } from "./refresh.ts";
import type { Standing } from "./store.ts";

export type Fresh = { standing: Standing; credentials: Credentials };

const mostMargin = 60_000;
const firstLookMs = 20;
const slowestLookMs = 250;
const patienceMs = 20_000;
/** How long a token that is still valid is held back for a newer one. */
const courtesyMs = 1_000;

/** Whether the access token lasts for a call: longer than a minute, or than a tenth of its life where that is short. */
export function lasts({ remaining, lifetime }: Standing): boolean {
  return remaining === null || remaining > Math.min(mostMargin, (lifetime ?? 0) / 10);
}

/** Whether the access token can still be served, after a moment's wait too. */
function isValid({ status, remaining }: Standing): boolean {
  return status === "active" && remaining !== null && remaining > 2 * courtesyMs;
}

/** Throws for a credential that nothing will make work: `needs_reconnect` with the reason, or `connection_unknown`. */
export function refuseEnded({ status, reason }: Standing): void {
  if (status === "active") return;
  if (status === "disconnecting") throw new ConnectError("connection_unknown", "it is being disconnected");
  throw new ConnectError("needs_reconnect", `the credential is ${status}`, reason === null ? {} : { reason });
}

/**
 * Gives credentials that work, refreshing them where they do not last. In this process, one refresh serves all who ask; who
 * comes with a token that is still valid while it runs does not wait for it, and who began it waits a moment.
 */
export function createFresh(parts: RefreshParts) {
  const renewals = createOnce<Fresh>();
  return async (standing: Standing): Promise<Fresh> => {
    refuseEnded(standing);
    if (lasts(standing)) return open(parts, standing);
    if (isValid(standing) && renewals.isRunning(standing.id)) return open(parts, standing);
    const renewal = renewals.run(standing.id, () => renew(parts, standing));
    if (!isValid(standing) || (await settledWithin(courtesyMs, renewal))) return await renewal;
    parts.outlives(renewal);
    return open(parts, standing);
  };
}

async function settledWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const enough = new AbortController();
  const settled = () => true;
  const late = sleep(ms, false, { signal: enough.signal }).catch(settled);
  const soon = await Promise.race([work.then(settled, settled), late]);
  enough.abort();
  return soon;
}

/**
 * Refreshes, or waits for whoever does. A token that is still valid is served meanwhile, and where the provider gives no new
 * one, unless it says that the grant is dead.
 */
async function renew(parts: RefreshParts, known: Standing): Promise<Fresh> {
  const giveUpAt = performance.now() + patienceMs;
  let standing = known;
  for (let pause = firstLookMs; ; pause = Math.min(slowestLookMs, pause * 1.5)) {
    const askedAt = performance.now();
    const outcome = await refresh(parts, standing).catch((failure: unknown) => {
      standing = aged(standing, performance.now() - askedAt);
      if (isValid(standing) && failure instanceof ConnectError && !saysDead(failure)) return undefined;
      throw failure;
    });
    if (outcome === undefined) return open(parts, standing);
    if (outcome.type === "gone") throw new ConnectError("connection_unknown", "disconnected meanwhile");
    standing = outcome.standing;
    refuseEnded(standing);
    if (outcome.type === "fresh") return outcome;
    if (outcome.type === "changed" ? lasts(standing) : isValid(standing)) return open(parts, standing);
    if (outcome.type === "resting")
      throw standing.reason === "account_paused" ? pausedFailure() : unavailable(outcome.seconds);
    if (performance.now() > giveUpAt) throw unavailable(5);
    if (outcome.type === "held") await sleep(pause);
  }
}

/** A provider may take longer to fail than the token had left. */
function aged(standing: Standing, ms: number): Standing {
  return standing.remaining === null ? standing : { ...standing, remaining: standing.remaining - ms };
}

function open({ seals }: RefreshParts, standing: Standing): Fresh {
  return { standing, credentials: seals.openCredentials(standing.secret, standing) };
}

function unavailable(retryAfter: number): ConnectError {
  return new ConnectError("provider_unavailable", "the token could not be renewed yet", {
    retryAfter: Math.max(1, Math.ceil(retryAfter)),
  });
}
