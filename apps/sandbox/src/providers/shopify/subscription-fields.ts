import { isLoopback } from "../../webhooks/loopback.ts";
import type { ShopifyState } from "./shopify.ts";
import type { ShopifySubscription } from "./subscriptions.ts";

/** The store of a request, and the request's API version. */
interface GraphqlCaller {
  readonly shopify: ShopifyState;
  readonly shop: string;
  readonly version: string;
}

interface Input {
  readonly uri?: string | null;
  /** Deprecated, and still accepted. */
  readonly callbackUrl?: string | null;
  readonly includeFields?: readonly string[] | null;
  readonly name?: string | null;
}

interface ById {
  readonly id: string;
}

interface ToCreate {
  readonly topic: string;
  readonly webhookSubscription: Input;
}

interface ToUpdate extends ById {
  readonly webhookSubscription: Input;
}

interface Listing {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly reverse?: boolean | null;
  readonly topics?: readonly string[] | null;
  readonly uri?: string | null;
}

/** Builds the root fields about a store's webhook subscriptions. The schema has checked the types of their arguments. */
export function buildSubscriptionFields(caller: GraphqlCaller): object {
  const { subscriptions } = caller.shopify;
  const find = (id: string): ShopifySubscription | undefined =>
    subscriptions.of(caller.shop).find((one) => one.id === id);
  return {
    webhookSubscription: ({ id }: ById) => describeSubscription(find(id)),
    webhookSubscriptions: (listing: Listing) => listPage(subscriptions.of(caller.shop), listing),
    webhookSubscriptionCreate: (wanted: ToCreate) => createSubscription(caller, wanted),
    webhookSubscriptionUpdate: ({ id, webhookSubscription }: ToUpdate) =>
      updateSubscription(caller, find(id), webhookSubscription),
    webhookSubscriptionDelete: ({ id }: ById) => {
      const found = find(id);
      if (found === undefined) return { deletedWebhookSubscriptionId: null, ...refused(["id"], unknown) };
      subscriptions.drop(found);
      return { deletedWebhookSubscriptionId: id, userErrors: [] };
    },
  };
}

const unknown = "Webhook subscription does not exist";
const addressField = ["webhookSubscription", "callbackUrl"];

const refused = (field: readonly string[], message: string) => ({ userErrors: [{ field, message }] });

function createSubscription(
  { shopify, shop, version }: GraphqlCaller,
  { topic, webhookSubscription: input }: ToCreate,
) {
  const uri = input.uri ?? input.callbackUrl ?? "";
  const problem = addressProblem(shopify.subscriptions.of(shop), { topic, uri });
  if (problem !== undefined) return { webhookSubscription: null, ...refused(addressField, problem) };
  const { name = null, includeFields } = input;
  const made = shopify.subscriptions.add({ shop, topic, uri, name, includeFields: includeFields ?? [], version });
  return { webhookSubscription: describeSubscription(made), userErrors: [] };
}

/** A field that is not given stays unchanged. */
function updateSubscription({ shopify }: GraphqlCaller, found: ShopifySubscription | undefined, input: Input) {
  if (found === undefined) return { webhookSubscription: null, ...refused(["id"], unknown) };
  const uri = input.uri ?? input.callbackUrl ?? found.uri;
  const others = shopify.subscriptions.of(found.shop).filter(({ id }) => id !== found.id);
  const problem = addressProblem(others, { topic: found.topic, uri });
  if (problem !== undefined) return { webhookSubscription: null, ...refused(addressField, problem) };
  const { name = found.name, includeFields } = input;
  const changed = { ...found, uri, name, includeFields: includeFields ?? found.includeFields };
  shopify.subscriptions.replace(changed);
  return { webhookSubscription: describeSubscription(changed), userErrors: [] };
}

type SubscriptionAddress = Pick<ShopifySubscription, "topic" | "uri">;

/** Shopify demands HTTPS. The sandbox accepts http too, for addresses of this machine. */
function addressProblem(
  others: readonly ShopifySubscription[],
  { topic, uri }: SubscriptionAddress,
): string | undefined {
  if (others.some((other) => other.topic === topic && other.uri === uri))
    return "Address for this topic has already been taken";
  const url = URL.parse(uri);
  if (url === null) return uri === "" ? "Address can't be blank" : "Address is invalid";
  return url.protocol === "https:" || isLoopback(uri)
    ? undefined
    : `Address protocol ${url.protocol}// is not supported`;
}

/** Lists one page of the store's own subscriptions. The cursor is the id of the last one before the page. */
function listPage(all: readonly ShopifySubscription[], { first, after, reverse, topics, uri }: Listing): object {
  if (first === undefined || first === null) throw new Error("you must provide one of first or last");
  if (first < 1 || first > 250) throw new Error("first must be between 1 and 250");
  const ordered = reverse === true ? all.toReversed() : all;
  const meant = ordered.filter((one) => (topics ?? [one.topic]).includes(one.topic) && (uri ?? one.uri) === one.uri);
  const rest = meant.slice(meant.findIndex(({ id }) => id === after) + 1);
  const page = rest.slice(0, first);
  const nodes = page.map(describeSubscription);
  return {
    nodes,
    edges: page.map(({ id }, place) => ({ cursor: id, node: nodes[place] })),
    pageInfo: {
      hasNextPage: rest.length > first,
      hasPreviousPage: rest.length < meant.length,
      startCursor: page[0]?.id ?? null,
      endCursor: page.at(-1)?.id ?? null,
    },
  };
}

function describeSubscription(subscription: ShopifySubscription | undefined): object | null {
  if (subscription === undefined) return null;
  const { id, topic, uri, name, includeFields, version, createdAt } = subscription;
  return {
    id,
    legacyResourceId: id.split("/").at(-1),
    topic,
    uri,
    callbackUrl: uri,
    endpoint: { __typename: "WebhookHttpEndpoint", callbackUrl: uri },
    format: "JSON",
    name,
    apiVersion: { handle: version, displayName: version, supported: true },
    includeFields,
    metafieldNamespaces: [],
    filter: null,
    createdAt,
    updatedAt: createdAt,
  };
}
