import type { Registry } from "../registry.ts";
import type { AffectedAccount, ReceivedEvent, WebhookEvents } from "./events.ts";

/**
 * Reads waiting events until none is left. No provider is called: an event is only the reason for a job that asks the provider.
 */
export async function handleWebhooks({
  registry,
  events,
}: {
  registry: Registry;
  events: WebhookEvents;
}): Promise<void> {
  let read: number;
  do read = await events.next((event) => findAffectedAccount(registry, event));
  while (read > 0);
}

function findAffectedAccount(
  registry: Registry,
  { provider: id, topic, body }: Omit<ReceivedEvent, "id">,
): AffectedAccount | undefined {
  const provider = registry.get(id)?.provider;
  const effect = provider?.webhooks?.read(topic, body);
  if (provider === undefined || effect === undefined || effect.type === "none") return undefined;
  return { ...effect, client: provider.client };
}
