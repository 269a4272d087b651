import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../run/random.ts";
import { expire, type Connected } from "../../world/grants.ts";
import { askAnyone } from "../../world/token.ts";
import type { World } from "../../world/world.ts";

/** How often each status was the answer, and what came that should not. */
export interface Asked {
  statuses: Map<number, number>;
  strange: object[];
}

type Order = { random: Random; until: AbortSignal; connections: readonly Connected[] };

const backEnds = 24;
const callsAtOnce = 3;
/** A token, a connection that has to be made anew, a provider that is not answering, and no other answer. */
const expected = new Set([200, 409, 503]);

/** Back ends that keep asking for tokens which have just ended, several calls for each, across every kill. */
export async function keepAsking(world: World, order: Order): Promise<Asked> {
  const asked: Asked = { statuses: new Map(), strange: [] };
  const random = Array.from({ length: backEnds }, (_, nth) => order.random.branch(`back end ${nth}`));
  await Promise.all(random.map((own) => beBackEnd(world, { ...order, random: own }, asked)));
  return asked;
}

async function beBackEnd(world: World, { random, until, connections }: Order, asked: Asked): Promise<void> {
  while (!until.aborted) {
    const { connection, credential, provider } = random.pick(connections);
    await expire(world, [credential]);
    const calls = Array.from({ length: callsAtOnce }, () => askAnyone(world, connection, random));
    for (const { status, text } of await Promise.all(calls)) {
      asked.statuses.set(status, (asked.statuses.get(status) ?? 0) + 1);
      if (!expected.has(status)) asked.strange.push({ status, text, connection, provider: provider.id });
    }
    await sleep(random.between(20, 120));
  }
}
