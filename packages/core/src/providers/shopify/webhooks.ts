import { z } from "zod";
import type { OAuthClient } from "../../oauth/index.ts";
import type { WebhookDelivery, EventEffect, Webhooks } from "../../provider.ts";
import { eventHash, eventText, noEffect, parseEvent } from "../event.ts";
import { invalidSignature, signingSecret } from "../signature.ts";

const domains = z.object({ myshopify_domain: z.string().nullish(), shop_domain: z.string().nullish() });
const shopNumber = z.number().int().positive();

const absent = z.never().optional();

/** The Shop object of Shopify's REST API. */
const uninstalled = z.object({ id: shopNumber, name: z.string(), shop_id: absent, customer: absent });
/** A request about a customer has this shape too, and names the customer. */
const redacted = z.object({ shop_id: shopNumber, shop_domain: z.string(), customer: absent });

/**
 * https://shopify.dev/docs/apps/build/webhooks/subscribe/https
 * The signature covers the body alone: the topic, the shop and the id could be another delivery's, and there is no time in
 * it. So the body has to have the topic's shape, and no event does more here than make us ask Shopify.
 */
export function shopifyWebhooks(client: OAuthClient): Webhooks {
  const secrets = client.webhook?.secrets ?? [];
  return {
    receive(delivery) {
      const { headers, body } = delivery;
      if (body.length === 0) throw invalidSignature("no body");
      signingSecret({ secrets, message: [body], given: [headers["x-shopify-hmac-sha256"] ?? ""], encoding: "base64" });
      requireOneShop(delivery);
      const topic = eventText.safeParse(headers["x-shopify-topic"]).data ?? "unknown";
      const id = eventText.safeParse(headers["x-shopify-webhook-id"]).data;
      return { type: "event", id: id ?? eventHash([topic, body.toString("base64")]), topic };
    },
    read,
  };
}

function requireOneShop({ headers, body }: WebhookDelivery): void {
  const named = parseEvent(body, domains);
  const signed = named?.myshopify_domain ?? named?.shop_domain ?? undefined;
  const claimed = headers["x-shopify-shop-domain"];
  if (signed === undefined || claimed === undefined || signed === claimed) return;
  throw invalidSignature("the body is of another shop than the header says");
}

/**
 * `customers/data_request` and `customers/redact` ask for what is kept of a shop's customers. Nothing is: only the shop
 * itself is asked about here, and the bodies of events are dropped when they have been read.
 */
function read(topic: string, body: Buffer): EventEffect {
  if (topic === "app/uninstalled") return about("ended", parseEvent(body, uninstalled)?.id);
  if (topic === "shop/redact") return about("erase", parseEvent(body, redacted)?.shop_id);
  return noEffect;
}

function about(type: "ended" | "erase", shop: number | undefined): EventEffect {
  return shop === undefined ? noEffect : { type, account: `gid://shopify/Shop/${shop}` };
}
