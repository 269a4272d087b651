import type { IncomingHttpHeaders } from "node:http";
import type { WebhookDelivery } from "@patchbay/core/provider";
import type { Receiver } from "@patchbay/core/webhooks";
import { raw, Router, type Request } from "express";

/** Larger than any provider's event, in bytes. */
export const maxDeliveryBytes = 1_048_576;

/**
 * Where providers deliver their events. They are no browsers and have no session: the signature alone admits them. It is
 * over the bytes as they came, so nothing may parse or inflate the body before.
 */
export function createWebhooks(receiver: Receiver): Router {
  const router = Router({ caseSensitive: true });
  router.post(
    // What may follow the provider keeps addresses apart, for those who take none twice. It says nothing.
    "/:provider{/:rest}",
    (request: Request<{ provider: string }>, _response, next) => {
      receiver.admit(request.params.provider);
      next();
    },
    raw({ type: () => true, inflate: false, limit: maxDeliveryBytes }),
    async (request: Request<{ provider: string }>, response) => {
      const { params, headers } = request;
      const sent: unknown = request.body;
      const body = Buffer.isBuffer(sent) ? sent : Buffer.alloc(0);
      const notification = await receiver.receive(params.provider, deliveryOf(headers, body));
      response.json(notification.type === "challenge" ? notification.answer : { received: true });
    },
  );
  return router;
}

/** A delivery as core takes it. A header that came several times counts as one text. */
export function deliveryOf(headers: IncomingHttpHeaders, body: Buffer): WebhookDelivery {
  const texts = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]);
  return { headers: Object.fromEntries(texts) as WebhookDelivery["headers"], body };
}
