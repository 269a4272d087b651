import type { z } from "zod";
import type { Clock } from "../clock.ts";
import type { SimulatedProvider } from "../provider.ts";
import type { WebhookDelivery } from "../webhooks/delivery.ts";
import type { DeliveryResult, WebhookSender } from "../webhooks/sender.ts";
import type { OperationHandler, operations } from "./operations.ts";
import { getPersonId, getProvider, requireAbility } from "./providers.ts";
import type { ReportedDelivery, SignedWebhook, signSchema } from "./schemas/webhooks.ts";

interface WebhookControlDeps {
  readonly providers: readonly SimulatedProvider[];
  readonly clock: Clock;
  readonly webhookSender: WebhookSender;
}

type WebhookHandler<Name extends keyof typeof operations> = OperationHandler<
  WebhookControlDeps,
  (typeof operations)[Name]
>;

/** Builds each delivery as often as it is sent, when its turn comes. */
async function* buildDeliveries(
  { providers, clock }: WebhookControlDeps,
  { provider: id, person, count, duplicates, id: eventId, ...rest }: z.output<typeof signSchema>,
): AsyncGenerator<WebhookDelivery> {
  const provider = getProvider(providers, id);
  const webhooks = requireAbility(provider, provider.webhooks);
  const people = [person].flat();
  for (let nth = 0; nth < count; nth += 1) {
    const own = {
      person: people[nth % people.length],
      id: count === 1 ? eventId : eventId && `${eventId}-${nth + 1}`,
      nth,
    };
    for (const delivery of await webhooks.buildDeliveries({ ...rest, ...own, at: rest.at ?? clock.now() }))
      for (let copy = 0; copy <= duplicates; copy += 1) yield delivery;
  }
}

/** How many deliveries run at once, and how many are reported one by one. */
const maxParallelDeliveries = 16;
const maxListedDeliveries = 20;

/** Sends webhooks and reports the responses. */
export const emitWebhooks: WebhookHandler<"emitWebhooks"> = async (deps, { retries, ...order }) => {
  const deliveries: ReportedDelivery[] = [];
  const totals: Record<string, number> = {};
  let attempts = 0;
  await runInParallel(buildDeliveries(deps, order), async (delivery) => {
    const result = await deps.webhookSender.sendNow(delivery, retries);
    totals[result.status] = (totals[result.status] ?? 0) + 1;
    attempts += result.attempts;
    if (deliveries.length <= maxListedDeliveries) deliveries.push(describeDelivery(delivery, result));
  });
  return deliveries.length > maxListedDeliveries ? { totals, attempts } : { deliveries };
};

async function runInParallel<T>(items: AsyncIterator<T>, work: (item: T) => Promise<void>): Promise<void> {
  const worker = async (): Promise<void> => {
    for (let step = await items.next(); step.done !== true; step = await items.next()) await work(step.value);
  };
  await Promise.all(Array.from({ length: maxParallelDeliveries }, worker));
}

function describeDelivery(
  { id, forged, validates }: WebhookDelivery,
  { status, body, attempts }: DeliveryResult,
): ReportedDelivery {
  return {
    id,
    status,
    body,
    attempts,
    ...(forged !== undefined && { forged }),
    ...(validates && { validated: status === 200 && validates(body) }),
  };
}

/** Signs webhooks and returns them instead of sending them. */
export const signWebhooks: WebhookHandler<"signWebhooks"> = async (deps, order) => {
  const requests: SignedWebhook[] = [];
  for await (const { id, url, headers, body, forged } of buildDeliveries(deps, order))
    requests.push({ id, url, headers, body, ...(forged !== undefined && { forged }) });
  return { requests };
};

/** The person removes the app at the provider, which tells the app in the background if it does so at all. */
export const removeApp: WebhookHandler<"removeApp"> = async (
  { providers, webhookSender },
  { provider: id, deliver, ...who },
) => {
  const provider = getProvider(providers, id);
  const { ended, deliveries } = await requireAbility(provider, provider.removeApp)(getPersonId(provider, who));
  if (deliver) webhookSender.sendInBackground(deliveries);
  return { ended, events: deliver ? deliveries.map(({ event, id, url }) => ({ event, id, url })) : [] };
};
