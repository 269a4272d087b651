import type { SignedWebhook, WebhookOrder } from "@patchbay/sandbox/client";
import { raw, type RawAnswer } from "./raw.ts";
import type { World } from "./world.ts";

export const address = (world: World, provider: string): string => `${world.url}/api/v1/webhooks/${provider}`;

/** Has a provider sign events, and sends none. */
export async function sign(world: World, order: WebhookOrder): Promise<SignedWebhook[]> {
  const to = address(world, order.provider);
  return (await world.control.signWebhooks({ to, ...order })).requests;
}

export async function signOne(world: World, order: WebhookOrder): Promise<SignedWebhook> {
  const [one] = await sign(world, order);
  if (one === undefined) throw new Error("nothing was signed");
  return one;
}

/** Delivers an event, or something made of one. */
export function post({ url, headers, body }: SignedWebhook, changes: Partial<SignedWebhook> = {}): Promise<RawAnswer> {
  return raw(changes.url ?? url, {
    method: "POST",
    headers: { ...headers, ...changes.headers },
    body: changes.body ?? body,
  });
}

/** Has a provider sign events and send them, as it does by itself. */
export const emit = (world: World, order: WebhookOrder & { retries?: number }) => world.control.emitWebhooks(order);

/** A person removes the app at the provider. */
export const remove = (world: World, order: { provider: string; person: string; deliver?: boolean }) =>
  world.control.removeApp(order);

/** The addresses that were registered at a provider. */
export const subscribed = (world: World, provider: string) => world.control.listSubscriptions({ provider });
