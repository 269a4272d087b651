import { getProvider, type Registry } from "../registry.ts";
import { ConnectError } from "../errors.ts";
import type { WebhookDelivery, WebhookNotification, Webhooks } from "../provider.ts";
import type { WebhookEvents } from "./events.ts";

type ReceiverDeps = { registry: Registry; events: WebhookEvents; now?: () => Date };

/**
 * Receives webhooks: stores a delivery with a valid signature, which a job reads later. Throws `invalid_signature`,
 * `provider_unknown`, and `provider_not_configured` if there is nothing to check a signature with.
 */
export function createReceiver({ registry, events, now = () => new Date() }: ReceiverDeps) {
  return {
    /** Throws if deliveries of a provider are refused in any case. To be called before a body is read. */
    admit: (provider: string): void => void getWebhooks(registry, provider),
    async receive(provider: string, delivery: WebhookDelivery): Promise<WebhookNotification> {
      const notification = await getWebhooks(registry, provider).receive(delivery, now());
      if (notification.type === "event") {
        const { id, topic } = notification;
        await events.store({ provider, id, topic, body: delivery.body });
      }
      return notification;
    },
  };
}

/** See `createReceiver`. */
export type Receiver = ReturnType<typeof createReceiver>;

function getWebhooks(registry: Registry, id: string): Webhooks {
  const { webhooks } = getProvider(registry, id);
  if (webhooks === undefined)
    throw new ConnectError("provider_not_configured", `${id} has nothing to check webhooks with`);
  return webhooks;
}
