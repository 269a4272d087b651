import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { isLoopback } from "../../webhooks/loopback.ts";
import { Unfit, type Values } from "./arguments.ts";
import type { Shopify } from "./shopify.ts";

/** Where a shop's events of one topic go; it ends with the installation. */
export interface Subscription {
  readonly id: string;
  readonly shop: string;
  readonly topic: string;
  readonly uri: string;
  readonly format: "JSON";
  readonly name: string | null;
  /** The version of the URL by which it was made is that of its payloads. */
  readonly version: string;
  readonly createdAt: string;
}

export interface Subscriptions {
  list(): Subscription[];
  of(shop: string): Subscription[];
  add(subscription: Omit<Subscription, "id" | "createdAt">): Subscription;
  drop(subscription: Subscription): void;
  /** All of a shop at once. */
  uninstall(shop: string): void;
  clear(): void;
}

export function createSubscriptions(clock: Clock): Subscriptions {
  const byShop = new Map<string, Subscription[]>();
  let latest = 1_200_000_000_000;
  const of = (shop: string): Subscription[] => byShop.get(shop) ?? [];
  return {
    list: () => [...byShop.values()].flat(),
    of,
    add: (fields) => {
      latest += 1;
      const createdAt = new Date(clock.now()).toISOString();
      const subscription = { ...fields, id: `gid://shopify/WebhookSubscription/${latest}`, createdAt };
      byShop.set(fields.shop, [...of(fields.shop), subscription]);
      return subscription;
    },
    drop: ({ shop, id }) => {
      byShop.set(
        shop,
        of(shop).filter((other) => other.id !== id),
      );
    },
    uninstall: (shop) => void byShop.delete(shop),
    clear: () => byShop.clear(),
  };
}

/** The topics that can be subscribed to by the API; those of compliance are set in the app's TOML alone. */
const topic = z.enum([
  "APP_SCOPES_UPDATE",
  "APP_UNINSTALLED",
  "CUSTOMERS_CREATE",
  "CUSTOMERS_UPDATE",
  "ORDERS_CREATE",
  "ORDERS_PAID",
  "ORDERS_UPDATED",
  "PRODUCTS_CREATE",
  "PRODUCTS_DELETE",
  "PRODUCTS_UPDATE",
  "SHOP_UPDATE",
]);

const createArguments = z.strictObject({
  topic,
  webhookSubscription: z.strictObject({
    uri: z.string().nullish(),
    /** Deprecated, and still taken. */
    callbackUrl: z.string().nullish(),
    format: z.enum(["JSON"]).nullish(),
    name: z.string().nullish(),
  }),
});

const listArguments = z.strictObject({
  first: z.number().int().min(1).max(250),
  after: z.string().nullish(),
  topics: z.array(topic).nullish(),
  uri: z.string().nullish(),
});

const deleteArguments = z.strictObject({ id: z.string() });

function fitting<T>(schema: z.ZodType<T>, args: Values, field: string): T {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Unfit(
    `Argument '${issue?.path.join(".") ?? ""}' on Field '${field}' has an invalid value: ${issue?.message}`,
  );
}

export interface Caller {
  readonly shopify: Shopify;
  readonly shop: string;
  readonly version: string;
}

export function createSubscription({ shopify, shop, version }: Caller, args: Values): Values {
  const { topic, webhookSubscription: wanted } = fitting(createArguments, args, "webhookSubscriptionCreate");
  const uri = wanted.uri ?? wanted.callbackUrl ?? "";
  const { subscriptions } = shopify;
  const isTaken = subscriptions.of(shop).some((other) => other.topic === topic && other.uri === uri);
  const problem = isTaken ? "Address for this topic has already been taken" : addressProblem(uri);
  if (problem !== undefined)
    return {
      webhookSubscription: null,
      userErrors: [{ field: ["webhookSubscription", "callbackUrl"], message: problem }],
    };
  const made = subscriptions.add({ shop, topic, uri, format: "JSON", name: wanted.name ?? null, version });
  return { webhookSubscription: described(made), userErrors: [] };
}

/** Shopify wants HTTPS. Here http is taken as well, if it stays on this machine. */
function addressProblem(uri: string): string | undefined {
  const url = URL.parse(uri);
  if (url === null) return uri === "" ? "Address can't be blank" : "Address is invalid";
  return url.protocol === "https:" || isLoopback(uri)
    ? undefined
    : `Address protocol ${url.protocol}// is not supported`;
}

export function deleteSubscription({ shopify, shop }: Caller, args: Values): Values {
  const { id } = fitting(deleteArguments, args, "webhookSubscriptionDelete");
  const found = shopify.subscriptions.of(shop).find((subscription) => subscription.id === id);
  if (found === undefined)
    return {
      deletedWebhookSubscriptionId: null,
      userErrors: [{ field: ["id"], message: "Webhook subscription does not exist" }],
    };
  shopify.subscriptions.drop(found);
  return { deletedWebhookSubscriptionId: id, userErrors: [] };
}

/** A page of the shop's own subscriptions; the cursor is the id of the last one before it. */
export function listSubscriptions({ shopify, shop }: Caller, args: Values): Values {
  const { first, after, topics, uri } = fitting(listArguments, args, "webhookSubscriptions");
  const all = shopify.subscriptions
    .of(shop)
    .filter((one) => (topics?.some((topic) => topic === one.topic) ?? true) && (uri ?? one.uri) === one.uri);
  const rest = all.slice(all.findIndex(({ id }) => id === after) + 1);
  const nodes = rest.slice(0, first).map(described);
  const cursors = rest.slice(0, first).map(({ id }) => id);
  return {
    nodes,
    edges: nodes.map((node, place) => ({ cursor: cursors[place], node })),
    pageInfo: {
      hasNextPage: rest.length > first,
      hasPreviousPage: rest.length < all.length,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    },
  };
}

const described = ({ id, topic, uri, format, name, version, createdAt }: Subscription): Values => ({
  id,
  topic,
  uri,
  callbackUrl: uri,
  format,
  name,
  apiVersion: { handle: version },
  includeFields: [],
  filter: null,
  createdAt,
  updatedAt: createdAt,
});
