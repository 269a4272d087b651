import { z } from "zod";
import { raw, type RawAnswer } from "./raw.ts";
import type { World } from "./world.ts";

const requests = z.object({
  requests: z.array(
    z.object({
      id: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
      forged: z.string().optional(),
    }),
  ),
});
const subscriptions = z.array(z.looseObject({ provider: z.string() }));

/** A webhook as a provider of the sandbox signed it, ready to be sent. */
export type Signed = z.infer<typeof requests>["requests"][number];

async function control(world: World, name: string, body?: object): Promise<unknown> {
  const response = await fetch(new URL(`/_/${name}`, world.door.url), {
    ...(body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${name} answered ${response.status}: ${await response.text()}`);
  return await response.json();
}

export const address = (world: World, provider: string): string => `${world.url}/api/v1/webhooks/${provider}`;

/** An event, and whatever else the sandbox lets one choose of it. */
type Order = { provider: string; event: string; [field: string]: unknown };

/** Has a provider sign events, and sends none. */
export async function sign(world: World, order: Order): Promise<Signed[]> {
  const to = address(world, order.provider);
  return requests.parse(await control(world, "sign", { to, ...order })).requests;
}

export async function signOne(world: World, order: Order): Promise<Signed> {
  const [one] = await sign(world, order);
  if (one === undefined) throw new Error("nothing was signed");
  return one;
}

/** Delivers an event, or something made of one. */
export function post({ url, headers, body }: Signed, changes: Partial<Signed> = {}): Promise<RawAnswer> {
  return raw(changes.url ?? url, {
    method: "POST",
    headers: { ...headers, ...changes.headers },
    body: changes.body ?? body,
  });
}

/** Has a provider sign events and send them, as it does by itself. */
export const emit = (world: World, order: object): Promise<unknown> => control(world, "emit", order);

/** Somebody removes the app at the provider. */
export const remove = (world: World, order: object): Promise<unknown> => control(world, "remove", order);

/** The addresses that were registered at a provider. */
export const subscribed = async (world: World, provider: string): Promise<Record<string, unknown>[]> =>
  subscriptions.parse(await control(world, `subscriptions?provider=${provider}`));
