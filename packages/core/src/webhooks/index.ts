export { webhookAddress } from "./address.ts";
export type { AffectedAccount, ReceivedEvent, WebhookEvents } from "./events.ts";
export { handleWebhooks } from "./handle.ts";
export { createReceiver, type Receiver } from "./receive.ts";
export { subscribeWebhooks } from "./subscribe.ts";
