import { randomUUID } from "node:crypto";
import { InvalidRequest } from "../../control/invalid-request.ts";
import type { AppRemoval } from "../../provider.ts";
import { mergePatch, type Patch, putNulls } from "../../patch.ts";
import {
  type WebhookHeaders,
  type WebhookDelivery,
  type WebhookDeliveries,
  type EventOrder,
  findEventSubject,
} from "../../webhooks/delivery.ts";
import { computeHmac, jsonHeaders, signWebhook, type SignatureInput } from "../../webhooks/sign.ts";
import type { ShopifyPerson } from "./people.ts";
import { latestVersion, type ShopifyState } from "./shopify.ts";

/** The app's settings name these topics, so they are the same for every shop. */
const compliance = new Set(["customers/data_request", "customers/redact", "shop/redact"]);

interface TopicAddress {
  readonly url: string;
  readonly includeFields: readonly string[];
  readonly version: string;
  readonly name: string | null;
}

/** Builds the deliveries of an event. Compliance topics go to the app's own endpoint, all others to the shop's subscriptions. */
export function buildShopifyDeliveries(shopify: ShopifyState, order: EventOrder): WebhookDeliveries {
  if (!/^[a-z_]+\/[a-z_]+$/.test(order.event)) throw new InvalidRequest(`A topic is written like "app/uninstalled".`);
  if (order.forge === "timestamp") throw new InvalidRequest("Shopify signs no moment that could be forged.");
  const { person, account } = findEventSubject(shopify.people, order);
  const owner = { ...person, shop: account ?? person.shop };
  const addresses = listAddresses(shopify, order, owner.shop);
  const content = mergePatch(buildShopifyEvent(order, owner), order.patch);
  const shared = {
    "x-shopify-topic": order.event,
    "x-shopify-shop-domain": owner.shop,
    "x-shopify-event-id": randomUUID(),
    "x-shopify-triggered-at": new Date(order.at).toISOString(),
  };
  return addresses.map((address, place) => buildShopifyDelivery(shopify, { order, content, shared, address, place }));
}

function listAddresses(
  { switches, subscriptions }: ShopifyState,
  { to, event }: EventOrder,
  shop: string,
): TopicAddress[] {
  const fixed = (url: string): TopicAddress => ({ url, version: latestVersion, name: null, includeFields: [] });
  if (to !== undefined) return [fixed(to)];
  const { webhookUrl } = switches.current();
  if (compliance.has(event)) return webhookUrl === undefined ? [] : [fixed(webhookUrl)];
  const topic = event.replace("/", "_").toUpperCase();
  return subscriptions
    .of(shop)
    .filter((subscription) => subscription.topic === topic)
    .map(({ uri, version, name, includeFields }) => ({ url: uri, version, name, includeFields }));
}

interface DeliveryDraft {
  readonly order: EventOrder;
  readonly content: Patch;
  readonly shared: WebhookHeaders;
  readonly address: TopicAddress;
  readonly place: number;
}

/** Each delivery has its own id, and all deliveries of one event share the event's id. */
function buildShopifyDelivery(
  shopify: ShopifyState,
  { order, content, shared, address, place }: DeliveryDraft,
): WebhookDelivery {
  const { event, forge, at } = order;
  const given = place === 0 ? order.id : order.id && `${order.id}-${place + 1}`;
  const id = given ?? randomUUID();
  const body = JSON.stringify(putNulls(pickFields(content, address.includeFields), shopify.switches.current().nulls));
  const own = {
    ...shared,
    "x-shopify-api-version": address.version,
    "x-shopify-webhook-id": id,
    ...(address.name !== null && { "x-shopify-name": address.name }),
  };
  const key = shopify.app.clientSecret;
  const sealed = signWebhook({ body, at, key, forge }, (signing) => ({ ...own, ...signShopifyWebhook(signing) }));
  return { provider: "shopify", event, id, url: address.url, ...sealed, deadlineMs: 5000 };
}

function pickFields(content: Patch, names: readonly string[]): Patch {
  if (names.length === 0) return content;
  return Object.fromEntries(Object.entries(content).filter(([name]) => names.includes(name)));
}

/** Shopify signs the body alone, under the client secret. */
const signShopifyWebhook = ({ body, key }: SignatureInput): WebhookHeaders => ({
  ...jsonHeaders,
  ...(key !== undefined && { "x-shopify-hmac-sha256": computeHmac(key, body, "base64") }),
});

const customer = { id: 706_405_506_930_370, email: "bob@biller.example", phone: "555-625-1199" };

function buildShopifyEvent({ event, at }: EventOrder, owner: ShopifyPerson): Patch {
  const shop = { shop_id: owner.shop_id, shop_domain: owner.shop };
  const when = new Date(at).toISOString();
  switch (event) {
    case "customers/data_request":
      return { ...shop, orders_requested: [299_938, 280_263], customer, data_request: { id: 9999 } };
    case "customers/redact":
      return { ...shop, customer, orders_to_redact: [299_938, 280_263] };
    case "shop/redact":
      return shop;
    case "app/scopes_update":
      return { id: owner.shop_id, previous: ["read_products"], current: [], updated_at: when };
    case "app/uninstalled":
    case "shop/update":
      return restShop(owner, when);
    default:
      return {
        id: owner.shop_id + 7,
        admin_graphql_api_id: `gid://shopify/Thing/${owner.shop_id + 7}`,
        updated_at: when,
      };
  }
}

/** Describes the shop as the older REST API does. */
const restShop = ({ shop, shop_id, shop_name, email, currency }: ShopifyPerson, updated_at: string): Patch => ({
  id: shop_id,
  name: shop_name,
  email: email ?? "",
  domain: shop,
  myshopify_domain: shop,
  currency,
  plan_name: "basic",
  created_at: "2024-03-01T09:00:00+00:00",
  updated_at,
});

/** Uninstalls the app and tells it in the background. */
export function uninstallInBackground(shopify: ShopifyState, { person }: ShopifyPerson): void {
  shopify.webhookSender.sendInBackground(uninstallShopifyApp(shopify, person).deliveries);
}

/** Uninstalls the app from a shop: all tokens of the shop end, and its subscriptions are removed. */
export function uninstallShopifyApp(shopify: ShopifyState, person: string): AppRemoval {
  const { grants, subscriptions, people, clock } = shopify;
  const active = grants.listActiveOf(person);
  for (const grant of active) grants.endGrant(grant);
  const deliveries = buildShopifyDeliveries(shopify, { event: "app/uninstalled", person, at: clock.now() });
  subscriptions.uninstall(people.getPerson({ person }).shop);
  return { ended: active.length, deliveries: active.length === 0 ? [] : deliveries };
}
