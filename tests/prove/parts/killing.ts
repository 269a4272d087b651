import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../run/random.ts";
import type { Api } from "../world/api.ts";
import type { World } from "../world/world.ts";

export interface Killing {
  count: number;
  /** How many were aimed at the moment between sending and storing. */
  aimed: number;
  /** How often two went at once. */
  double: number;
}

type Order = {
  random: Random;
  until: AbortSignal;
  /** Milliseconds between two. */
  every: readonly [low: number, high: number];
  /** What makes it likely that something is under way when the kill comes. */
  aim?: () => Promise<void>;
};

/** Kills processes at random moments, and starts each again after a pause. Ends with all of them up. */
async function killProcesses({ apis }: Pick<World, "apis">, order: Order): Promise<Killing> {
  const { random, until, every, aim } = order;
  const told: Killing = { count: 0, aimed: 0, double: 0 };
  const returning = new Set<Promise<void>>();
  while (!until.aborted) {
    await sleep(random.between(...every), undefined, { signal: until }).catch(() => {});
    if (until.aborted) break;
    const two = random.chance(0.15);
    const up = apis.filter((api) => api.up);
    // Half of them stay: with nobody there, nothing would happen that could go wrong.
    const most = up.length - apis.length / 2;
    const victims = random.shuffle(up).slice(0, Math.max(0, Math.min(most, two ? 2 : 1)));
    if (victims.length === 0) continue;
    const aimed = aim !== undefined && random.chance(0.6);
    if (aimed) await aim();
    told.count += victims.length;
    told.aimed += aimed ? victims.length : 0;
    told.double += victims.length > 1 ? 1 : 0;
    for (const api of victims) hold(returning, killAndReturn(api, random.between(100, 1500)));
  }
  await Promise.all(returning);
  return told;
}

async function killAndReturn(api: Api, pauseMs: number): Promise<void> {
  await api.kill();
  await sleep(pauseMs);
  await api.start();
}

function hold(set: Set<Promise<void>>, promise: Promise<void>): void {
  set.add(promise);
  void promise.then(
    () => set.delete(promise),
    () => {},
  );
}

/** When each life of each process was killed. */
export function killsOf({ apis }: Pick<World, "apis">): Map<string, number> {
  return new Map(apis.flatMap((api) => [...api.kills]));
}

/** Works while processes are killed. Whatever comes of it, nobody is killed or started any more afterwards. */
export async function whileKilling<T>(
  world: Pick<World, "apis">,
  order: Omit<Order, "until">,
  work: (until: AbortSignal) => Promise<T>,
): Promise<{ killing: Killing; result: T }> {
  const over = new AbortController();
  const killing = killProcesses(world, { ...order, until: over.signal });
  const failing = killing.catch(() => over.abort());
  try {
    const result = await work(over.signal);
    over.abort();
    return { killing: await killing, result };
  } finally {
    over.abort();
    await failing;
  }
}
