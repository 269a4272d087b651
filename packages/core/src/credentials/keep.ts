import { randomUUID } from "node:crypto";
import { findApp } from "../connect/index.ts";
import { ConnectError } from "../errors.ts";
import { keepIn } from "../lifetimes.ts";
import type { Provider } from "../provider.ts";
import { pauseAfter, saysDead, saysPaused } from "./failures.ts";
import { endingAfter } from "./judge.ts";
import { refresh, type Refreshed, type RefreshParts } from "./refresh.ts";
import type { Ending, Standing } from "./store.ts";

const unconfiguredSeconds = 3600;

/**
 * Looks after a credential: refreshes it ahead of need, or asks whether it lives. What comes of it is stored, and the next
 * look planned with it, so nothing that a provider does is thrown: a failure here is one of our own.
 */
export async function keep(parts: RefreshParts, id: string): Promise<void> {
  const standing = await parts.store.read(id);
  if (standing?.status !== "active") return;
  const provider = findApp(parts.registry, standing);
  if (provider === undefined) return await parts.store.plan("keep", id, unconfiguredSeconds);
  const early = earliness(standing);
  if (provider.refresh && early > 0) return await parts.store.plan("keep", id, early);
  const busy = await ask(parts, { standing, provider }, undefined);
  if (busy !== undefined) await parts.store.plan("keep", id, busy);
}

/** Seconds until three quarters of the token's life are over: somebody may have renewed it after this was planned. */
function earliness({ remaining, lifetime }: Standing): number {
  if (remaining === null || lifetime === null) return 0;
  return Math.max(0, (remaining - lifetime * 0.26) / 1000);
}

/**
 * Finds out whether a credential lives, by using it: what an event says may be late, or about an older grant. The
 * provider's own word is the only proof. Where there is none to be had now, the same job is planned again.
 */
export async function check(
  parts: RefreshParts,
  { id, job }: { id: string; job: keyof typeof endings },
): Promise<void> {
  const standing = await parts.store.read(id);
  const ending = endings[job];
  if (standing?.status === "needs_reconnect" && job === "check") return await parts.store.explain(id, ending);
  if (standing?.status !== "active") return;
  const provider = findApp(parts.registry, standing);
  if (provider === undefined) return await parts.store.plan(job, id, unconfiguredSeconds);
  const busy = await ask(parts, { standing, provider }, ending);
  if (busy !== undefined) await parts.store.plan(job, id, busy);
}

const removed: Ending = { status: "revoked", reason: "removed_at_provider" };
const endings = {
  check: removed,
  erase: removed,
  supersede: { status: "needs_reconnect", reason: "superseded" },
} as const satisfies Record<string, Ending>;

/** Deletes what is kept of an account that is gone. One that still lives, or was connected anew, stays. */
export async function erase(parts: RefreshParts, id: string): Promise<void> {
  await check(parts, { id, job: "erase" });
  await parts.store.erase(id);
}

type Asked = { standing: Standing; provider: Provider };

/**
 * Asks by refreshing, or by a probe. Gives the seconds after which to come again, where nothing was found out and nobody
 * has planned it yet: after a failure the next look is planned, but not what a dead grant is then to be called.
 */
async function ask(parts: RefreshParts, asked: Asked, ending: Ending | undefined): Promise<number | undefined> {
  const { standing, provider } = asked;
  const lastsForGood = standing.remaining === null && provider.probe !== undefined;
  if (!provider.refresh || lastsForGood) return await probe(parts, asked, ending);
  const outcome = await refresh(parts, standing, ending).catch(settled);
  return comeAgain(outcome, ending);
}

/** What a provider did, or did not, was stored where it was found out. */
function settled(failure: unknown): { type: "dead" } | { type: "failed"; seconds: number } {
  if (!(failure instanceof ConnectError)) throw failure;
  return saysDead(failure) ? { type: "dead" } : { type: "failed", seconds: pauseAfter(failure, 0) };
}

function comeAgain(outcome: Refreshed | ReturnType<typeof settled>, ending: Ending | undefined): number | undefined {
  if (outcome.type === "held" || outcome.type === "resting") return outcome.seconds;
  return outcome.type === "failed" && ending ? outcome.seconds : undefined;
}

async function probe({ store, seals, report }: RefreshParts, asked: Asked, ending: Ending | undefined) {
  const { standing, provider } = asked;
  if (!provider.probe) return undefined;
  const credentials = seals.openCredentials(standing.secret, standing);
  const take = await store.take(standing, randomUUID(), false);
  if (take.type !== "taken") return comeAgain(take, ending);
  const { lease } = take;
  try {
    await provider.probe(credentials);
    await store.confirm(lease, { keepIn: keepIn(provider, undefined), subscribes: provider.subscribe !== undefined });
    return undefined;
  } catch (failure) {
    const outcome = settled(failure);
    if (failure instanceof ConnectError) report(failure, standing);
    const ended = endingAfter({ provider, take, ending, failure });
    if (ended) {
      await store.end(lease, ended);
      return undefined;
    }
    const seconds = pauseAfter(failure, take.failures);
    await store.rest(lease, { seconds, unsettled: false, paused: saysPaused(failure) });
    return comeAgain(outcome, ending);
  }
}
