import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../run/random.ts";
import type { Connected } from "../../world/grants.ts";
import type { World } from "../../world/world.ts";

const answersHeld = 12;
const shopsHeld = 6;

/**
 * Has the providers hold back their next answers for a moment, when their work is done: a kill then comes between the
 * sending of a refresh and the storing of what it brought.
 */
export function aimAt(world: World, connections: readonly Connected[], random: Random): () => Promise<void> {
  const refreshed = connections.filter(({ provider }) => provider.keepsTokens);
  const shops = refreshed.filter(({ provider }) => provider.hostPerAccount);
  const others = refreshed.filter(({ provider }) => !provider.hostPerAccount);
  // One connection of each provider tells its host.
  const hosts = [...new Map(others.map((one) => [one.provider.id, one])).values()].map(({ provider, grant }) =>
    provider.token(grant),
  );
  return async () => {
    const delayMs = Math.round(random.between(50, 300));
    // Each shop is a host of its own.
    const some = Array.from({ length: shops.length > 0 ? shopsHeld : 0 }, () => random.pick(shops));
    const held = [
      ...hosts.map((host) => ({ ...host, times: answersHeld })),
      ...some.map(({ provider, grant }) => ({ ...provider.token(grant), times: 1 })),
    ];
    await Promise.all(held.map((fault) => world.control.failRequests({ ...fault, method: "POST", delayMs })));
    await sleep(random.between(30, delayMs + 30));
  };
}
