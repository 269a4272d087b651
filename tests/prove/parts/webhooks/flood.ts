import type { Random } from "../../run/random.ts";
import { inParallel } from "../../world/http.ts";
import type { Stage } from "../../world/stage.ts";
import type { World } from "../../world/world.ts";
import { deliver, nothingDelivered, type Delivered, type Delivery } from "./delivering.ts";
import { kinds } from "./events.ts";

export interface Flood extends Delivered {
  /** How many different events there were, by provider. */
  events: Map<string, number>;
  deliveries: number;
  seconds: number;
}

type Order = { wanted: number; random: Random; /** To be mixed in. */ among: readonly Delivery[] };

const signedAtOnce = 1000;
const width = 48;
const twice = 0.1;
const remembered = 3000;

/** Sends signed events of all providers, a tenth of them twice, and in no order. */
export async function flood(stage: Stage, world: World, { wanted, random, among }: Order): Promise<Flood> {
  const sum: Flood = { ...nothingDelivered(), events: new Map(), deliveries: 0, seconds: 0 };
  const began = performance.now();
  const rest = random.shuffle(among);
  const rounds = Math.ceil(wanted / signedAtOnce);
  let earlier: Delivery[] = [];
  let signing = signSome(world, Math.min(wanted, signedAtOnce));
  for (let round = 0; round < rounds; round += 1) {
    const fresh = [...(await signing), ...rest.splice(0, Math.ceil(among.length / rounds))];
    signing = signSome(world, round + 1 < rounds ? signedAtOnce : 0);
    for (const { provider } of fresh) sum.events.set(provider, (sum.events.get(provider) ?? 0) + 1);
    earlier = [...earlier, ...fresh].slice(-remembered);
    const again = Array.from({ length: Math.round(fresh.length * twice) }, () => random.pick(earlier));
    const batch = random.shuffle([...fresh, ...again]);
    sum.deliveries += batch.length;
    await inParallel(batch, width, (delivery) => deliver(world, { delivery, random }, sum));
    stage.progress.show(`webhooks: ${sum.taken} of about ${Math.round(wanted * (1 + twice))} taken`);
  }
  sum.seconds = (performance.now() - began) / 1000;
  return sum;
}

/** Each kind by its share. */
async function signSome({ control }: World, count: number): Promise<Delivery[]> {
  const signed = kinds.map(async ({ provider, share, usual: event }) => {
    const order = { provider, event, count: Math.max(1, Math.round(count * share)), to: anywhere };
    const webhooks = count === 0 ? [] : (await control.signWebhooks(order)).requests;
    return webhooks.map((webhook) => ({ provider, webhook }));
  });
  return (await Promise.all(signed)).flat();
}

/** The sandbox wants to know where to; we send ourselves. */
export const anywhere = "http://127.0.0.1:1/";
