import type { Stage } from "../../world/stage.ts";
import { connectMany, type Connected } from "../../world/grants.ts";
import type { World } from "../../world/world.ts";
import type { Delivery } from "./delivering.ts";
import { kinds } from "./events.ts";
import { anywhere } from "./flood.ts";

/** Accounts of which events say that they have ended. Of the removed it is true. */
export interface Endings {
  removed: Connected[];
  living: Connected[];
  deliveries: Delivery[];
}

export async function prepareEndings({ options, progress }: Stage, world: World): Promise<Endings> {
  progress.show("webhooks: connecting accounts that will be removed");
  const each = Math.max(5, Math.round(50 * options.scale));
  const endings: Endings = { removed: [], living: [], deliveries: [] };
  for (const { provider, ends } of kinds) {
    if (ends === undefined) continue;
    const order = { provider: world.providers[provider], count: each };
    const removed = await connectMany(world, { ...order, prefix: "removed" });
    const living = await connectMany(world, { ...order, prefix: "living" });
    endings.removed.push(...removed);
    endings.living.push(...living);
    for (const { grant } of removed) await world.control.removeApp({ provider, person: grant.person, deliver: false });
    const person = [...removed, ...living].map(({ grant }) => grant.person);
    const webhooks = (
      await world.control.signWebhooks({ provider, event: ends, person, count: person.length, to: anywhere })
    ).requests;
    endings.deliveries.push(...webhooks.map((webhook) => ({ provider, webhook })));
  }
  return endings;
}
