import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../run/random.ts";
import type { SignedWebhook } from "@patchbay/sandbox/client";
import { NoAnswer, send } from "../../world/http.ts";
import type { World } from "../../world/world.ts";

/** A webhook on its way, to the provider's address at whichever process answers. */
export interface Delivery {
  provider: string;
  webhook: SignedWebhook;
}

export interface Delivered {
  /** How many were answered 2xx. */
  taken: number;
  attempts: number;
  /** How often each other status was the answer; 0: none came. */
  others: Map<number, number>;
}

export const nothingDelivered = (): Delivered => ({ taken: 0, attempts: 0, others: new Map() });

const patienceMs = 90_000;

/** Sends until it is answered 2xx, the same bytes each time, as a provider does. */
export async function deliver(
  world: World,
  { delivery, random }: { delivery: Delivery; random: Random },
  sum: Delivered,
) {
  for (const began = performance.now(); performance.now() - began < patienceMs;) {
    const up = world.apis.filter((api) => api.up);
    const status = up.length === 0 ? 0 : await post(random.pick(up).url, delivery);
    sum.attempts += 1;
    if (status >= 200 && status < 300) {
      sum.taken += 1;
      return;
    }
    sum.others.set(status, (sum.others.get(status) ?? 0) + 1);
    await sleep(random.between(30, 100));
  }
}

/** The status of the answer; 0: there was none. */
export async function post(url: string, { provider, webhook }: Delivery): Promise<number> {
  const { headers, body } = webhook;
  try {
    return (await send(`${url}/api/v1/webhooks/${provider}`, { method: "POST", headers, body })).status;
  } catch (failure) {
    if (failure instanceof NoAnswer) return 0;
    throw failure;
  }
}
