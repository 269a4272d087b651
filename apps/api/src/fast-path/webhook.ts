import type { IncomingHttpHeaders } from "node:http";
import { ConnectError } from "@patchbay/core/errors";
import type { WebhookDelivery } from "@patchbay/core/provider";
import type { Receiver } from "@patchbay/core/webhooks";
import { decode } from "../http/cookies.ts";
import { maxDeliveryBytes, readBody } from "../http/body.ts";
import { sendJson } from "../http/respond.ts";
import type { FastRoute } from "./fast-path.ts";

// What may follow the provider keeps addresses apart at a provider that takes no address twice. It has no meaning here.
const address = /^\/api\/v1\/webhooks\/([^/?]+)(?:\/[^/?]+)?\/?(?:\?|$)/;

/**
 * POST /api/v1/webhooks/<provider>: a provider's event. Providers are no browsers and have no session: the signature alone
 * admits them. It is over the bytes as they came, so nothing parses or unpacks the body before.
 */
export function createWebhookRoute(receiver: Receiver): FastRoute {
  return (request, url) => {
    const named = address.exec(url)?.[1];
    if (named === undefined) return undefined;
    const provider = decode(named);
    return async (response, head) => {
      if (request.method !== "POST") throw new ConnectError("not_found", "webhooks are posted");
      receiver.admit(provider);
      const body = await readBody(request, maxDeliveryBytes);
      const notification = await receiver.receive(provider, { headers: joinHeaders(request.headers), body });
      const answer = notification.type === "challenge" ? notification.answer : { received: true };
      sendJson(response, 200, answer, head);
    };
  };
}

/** A header that came several times counts as one text. */
function joinHeaders(headers: IncomingHttpHeaders): WebhookDelivery["headers"] {
  const texts = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]);
  return Object.fromEntries(texts) as WebhookDelivery["headers"];
}
