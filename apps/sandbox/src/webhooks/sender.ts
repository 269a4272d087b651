import { setMaxListeners } from "node:events";
import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { DeliveryAttempt } from "../control/schemas/webhooks.ts";
import { createRingBuffer } from "../logs/ring-buffer.ts";
import type { WebhookDelivery, WebhookDeliveries } from "./delivery.ts";
import { type PostResult, postDelivery, type PostOptions } from "./post.ts";

/** What became of a delivery. */
export interface DeliveryResult extends PostResult {
  readonly attempts: number;
}

/** Sends webhooks, at once or in the background. */
export interface WebhookSender {
  /** Sends until the response is 2xx or the retries are used up. */
  sendNow(delivery: WebhookDelivery, retries: number): Promise<DeliveryResult>;
  /** Sends in the background with a few quick retries. A failure has no effect. */
  sendInBackground(deliveries: WebhookDeliveries | Promise<WebhookDeliveries>): void;
  /** Lists the last 10 000 attempts, oldest first. */
  listAttempts(): DeliveryAttempt[];
  /** Stops what is being sent, and forgets the attempts. */
  reset(): void;
  close(): void;
}

/** The pauses between attempts. The last one is used for all further retries. */
const retryPausesMs = [100, 500, 2000];
const backgroundRetries = 3;

const isAccepted = ({ status }: PostResult): boolean => status >= 200 && status < 300;

/** Creates a sender with connections of its own. */
export function createWebhookSender(clock: Clock): WebhookSender {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const attempts = createRingBuffer<DeliveryAttempt>(10_000);
  let stop = createAbortController();

  async function once(delivery: WebhookDelivery, wire: PostOptions): Promise<PostResult> {
    const outcome = await postDelivery(delivery, wire);
    const { provider, event, id, url } = delivery;
    const at = new Date(clock.now()).toISOString();
    if (!wire.signal.aborted) attempts.push({ provider, event, id, url, status: outcome.status, at });
    return outcome;
  }
  async function deliver(delivery: WebhookDelivery, retries: number): Promise<DeliveryResult> {
    const wire = { agent, signal: stop.signal };
    for (let attempts = 1; ; attempts += 1) {
      const outcome = await once(delivery, wire);
      const isOver = isAccepted(outcome) || attempts > retries;
      if (isOver || !(await waitBeforeRetry(attempts, wire.signal))) return { ...outcome, attempts };
    }
  }
  const inBackground = async (deliveries: WebhookDeliveries | Promise<WebhookDeliveries>): Promise<void> => {
    await Promise.all((await deliveries).map((delivery) => deliver(delivery, backgroundRetries)));
  };

  return {
    sendNow: deliver,
    sendInBackground: (deliveries) => void inBackground(deliveries).catch(() => undefined),
    listAttempts: () => attempts.toArray(),
    reset: () => {
      stop.abort();
      stop = createAbortController();
      attempts.clear();
    },
    close: () => {
      stop.abort();
      agent.destroy();
    },
  };
}

/** Hundreds of requests may listen to the signal at once. */
function createAbortController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** Waits between two attempts without keeping the process alive. Returns false if the sender was stopped. */
async function waitBeforeRetry(attempts: number, signal: AbortSignal): Promise<boolean> {
  const ms = retryPausesMs[Math.min(attempts, retryPausesMs.length) - 1];
  return wait(ms, true, { ref: false, signal }).catch(() => false);
}
