import type { Services } from "../services.ts";
import { sendJson } from "../http/respond.ts";
import { deliveryOf, maxDeliveryBytes } from "../webhooks/router.ts";
import { declaredLength, readBody } from "./body.ts";
import { varyByOrigin, type FastRoute } from "./fast-path.ts";

const path = /^\/api\/v1\/webhooks\/([a-z]{1,32})(?:\/[\w-]{1,64})?$/;

/** POST /api/v1/webhooks/<provider>, of a provider whose events are taken. */
export function createWebhookRoute({ receiver, registry }: Pick<Services, "receiver" | "registry">): FastRoute {
  return (request, url) => {
    const provider = request.method === "POST" ? path.exec(url)?.[1] : undefined;
    if (provider === undefined || registry.get(provider)?.provider?.webhooks === undefined) return undefined;
    const length = declaredLength(request);
    if (length === undefined || length === 0 || length > maxDeliveryBytes) return undefined;
    return async (response, head) => {
      const delivery = deliveryOf(request.headers, await readBody(request));
      const notification = await receiver.receive(provider, delivery);
      const answer = notification.type === "challenge" ? notification.answer : { received: true };
      sendJson(response, 200, answer, [...head, ...varyByOrigin]);
    };
  };
}
