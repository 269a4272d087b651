import { randomUUID } from "node:crypto";
import { Misused } from "../../control/misused.ts";
import type { Removal } from "../../face.ts";
import { mergePatch, type Patch, putNulls } from "../../patch.ts";
import { type Headers, type Letter, type Letters, type Order, subjectOf } from "../../webhooks/letter.ts";
import { hmac, jsonBody, seal, type Signing } from "../../webhooks/seal.ts";
import type { ShopifyPerson } from "./people.ts";
import { latestVersion, type Shopify } from "./shopify.ts";

/** Set in the app's TOML, and so for every shop alike. */
const compliance = new Set(["customers/data_request", "customers/redact", "shop/redact"]);

interface Address {
  readonly url: string;
  readonly includeFields: readonly string[];
  readonly version: string;
  readonly name: string | null;
}

/** Compliance topics go to the app's own endpoint, all others to the shop's subscriptions. */
export function write(shopify: Shopify, order: Order): Letters {
  if (!/^[a-z_]+\/[a-z_]+$/.test(order.event)) throw new Misused(`A topic is written like "app/uninstalled".`);
  if (order.forge === "timestamp") throw new Misused("Shopify signs no moment that could be forged.");
  const { person, account } = subjectOf(shopify.people, order);
  const owner = { ...person, shop: account ?? person.shop };
  const addresses = addressesOf(shopify, order, owner.shop);
  const content = mergePatch(bodyOf(order, owner), order.patch);
  const shared = {
    "x-shopify-topic": order.event,
    "x-shopify-shop-domain": owner.shop,
    "x-shopify-event-id": randomUUID(),
    "x-shopify-triggered-at": new Date(order.at).toISOString(),
  };
  return addresses.map((address, place) => letter(shopify, { order, content, shared, address, place }));
}

function addressesOf({ switches, subscriptions }: Shopify, { to, event }: Order, shop: string): Address[] {
  const fixed = (url: string): Address => ({ url, version: latestVersion, name: null, includeFields: [] });
  if (to !== undefined) return [fixed(to)];
  const { webhookUrl } = switches.current();
  if (compliance.has(event)) return webhookUrl === undefined ? [] : [fixed(webhookUrl)];
  const topic = event.replace("/", "_").toUpperCase();
  return subscriptions
    .of(shop)
    .filter((subscription) => subscription.topic === topic)
    .map(({ uri, version, name, includeFields }) => ({ url: uri, version, name, includeFields }));
}

interface Draft {
  readonly order: Order;
  readonly content: Patch;
  readonly shared: Headers;
  readonly address: Address;
  readonly place: number;
}

/** Each subscription's delivery has an id of its own, and all of one event share another. */
function letter(shopify: Shopify, { order, content, shared, address, place }: Draft): Letter {
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
  const sealed = seal({ body, at, key, forge }, (signing) => ({ ...own, ...sign(signing) }));
  return { provider: "shopify", event, id, url: address.url, ...sealed, deadlineMs: 5000 };
}

function pickFields(content: Patch, names: readonly string[]): Patch {
  if (names.length === 0) return content;
  return Object.fromEntries(Object.entries(content).filter(([name]) => names.includes(name)));
}

/** The body alone is signed, under the client secret. */
const sign = ({ body, key }: Signing): Headers => ({
  ...jsonBody,
  ...(key !== undefined && { "x-shopify-hmac-sha256": hmac(key, body, "base64") }),
});

const customer = { id: 706_405_506_930_370, email: "bob@biller.example", phone: "555-625-1199" };

function bodyOf({ event, at }: Order, owner: ShopifyPerson): Patch {
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

/** The shop as the older REST API describes it. */
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

/** Uninstalls the app; that it was uninstalled is told in the background. */
export function leave(shopify: Shopify, { person }: ShopifyPerson): void {
  shopify.outbox.later(uninstall(shopify, person).letters);
}

/** The app leaves a shop: all tokens die at once, whoever had acquired them, and with them its subscriptions. */
export function uninstall(shopify: Shopify, person: string): Removal {
  const { grants, subscriptions, people, clock } = shopify;
  const standing = grants.standingOf(person);
  for (const grant of standing) grants.end(grant);
  const letters = write(shopify, { event: "app/uninstalled", person, at: clock.now() });
  subscriptions.uninstall(people.behind({ person }).shop);
  return { ended: standing.length, letters: standing.length === 0 ? [] : letters };
}
