import { z } from "zod";
import type { Token } from "../../tokens.ts";
import { mergePatch } from "../../patch.ts";
import { type Answer, type Call, json, parseJson, Refusal } from "../../wire.ts";
import { Unfit, type Values, variablesOf } from "./arguments.ts";
import { type Operation, parseQuery } from "./graphql.ts";
import type { ShopifyPerson } from "./people.ts";
import { adminRefusal } from "./refusals.ts";
import { type Root, type Select, selectFields, UndefinedField } from "./select.ts";
import type { Shopify } from "./shopify.ts";
import { inactiveShop, openStore } from "./store.ts";
import { createSubscription, deleteSubscription, listSubscriptions } from "./subscriptions.ts";
import { UnreadableQuery } from "./tokens.ts";
import { uninstall } from "./webhooks.ts";

const supported = new Set(["2026-01", "2026-04", "2026-07", "2026-10", "2027-01", "unstable"]);

/** A version that is no longer supported is served by the oldest one that is; the header tells. */
const served = (version: string): string => (supported.has(version) ? version : "2026-01");

/** `POST https://{shop}/admin/api/{version}/graphql.json`. */
export function graphqlEndpoint(shopify: Shopify): (call: Call, params: Readonly<Record<string, string>>) => Answer {
  return (call, params) => {
    const { token, owner } = authenticated(shopify, call);
    if (token.expiresAt === Infinity) throw nonExpiring();
    const version = params["version"] ?? "";
    if (!/^(\d{4}-\d{2}|unstable)$/.test(version)) throw adminRefusal(404, "Not Found");
    if (owner.state === "paused") return inactiveShop();
    const answer = run(call, { shopify, owner, scopes: token.grant.scopes, version: served(version) });
    return json(200, answer, { "x-shopify-api-version": served(version) });
  };
}

/** `DELETE https://{shop}/admin/api_permissions/current.json`: uninstalls the app. */
export function uninstallEndpoint(shopify: Shopify): (call: Call) => Answer {
  return (call) => {
    leave(shopify, authenticated(shopify, call).owner);
    return json(200, {});
  };
}

function authenticated(shopify: Shopify, call: Call): { token: Token; owner: ShopifyPerson } {
  const owner = openStore(shopify, call);
  const token = shopify.grants.used(call.header("x-shopify-access-token") ?? "");
  if (token?.kind !== "access" || token.grant.realm !== owner.shop || !shopify.grants.isLive(token))
    throw adminRefusal(401, "[API] Invalid API key or access token (unrecognized login or wrong password)");
  return { token, owner };
}

/** Enforced for public apps since July 2026. */
const nonExpiring = (): Refusal =>
  adminRefusal(
    403,
    "[API] Non-expiring access tokens are no longer accepted for the Admin API. Start using expiring offline tokens: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens",
  );

/** Uninstalls the app; that it was uninstalled is told in the background. */
function leave(shopify: Shopify, { person }: ShopifyPerson): void {
  shopify.outbox.later(uninstall(shopify, person).letters);
}

const requestSchema = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

function readRequest(call: Call): z.infer<typeof requestSchema> {
  const request = requestSchema.safeParse(parseJson(call.body));
  if (!request.success) throw new Refusal(json(400, { errors: { query: "Required parameter missing or invalid" } }));
  return request.data;
}

interface Installed {
  readonly shopify: Shopify;
  readonly owner: ShopifyPerson;
  readonly scopes: readonly string[];
  readonly version: string;
}

const cost = {
  requestedQueryCost: 2,
  actualQueryCost: 2,
  throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1998, restoreRate: 100 },
};

function run(call: Call, installed: Installed): object {
  const { query, variables } = readRequest(call);
  try {
    const operation = parseQuery(query);
    const data = selectFields(rootOf(installed, operation, variables ?? {}), operation.selections);
    return { data, extensions: { cost } };
  } catch (error) {
    if (error instanceof UndefinedField) return { errors: [error.detail] };
    if (error instanceof UnreadableQuery || error instanceof Unfit) return { errors: [{ message: error.message }] };
    throw error;
  }
}

function rootOf(installed: Installed, operation: Operation, given: Values): Root {
  const variables = variablesOf(operation, given);
  if (operation.type === "mutation") return { typeName: "Mutation", fields: mutations(installed), variables };
  return { typeName: "QueryRoot", fields: queries(installed), variables };
}

const app = { id: "gid://shopify/App/1580001" };

/** The root fields which are played; each is worked out only if it is asked for. */
function queries({ shopify, owner, scopes, version }: Installed): Readonly<Record<string, Select>> {
  return {
    shop: () => ({ type: "Shop", value: mergePatch(shopObject(owner), owner.answer) }),
    currentAppInstallation: () => ({
      type: "AppInstallation",
      value: {
        id: "gid://shopify/AppInstallation/584001",
        app,
        accessScopes: scopes.map((handle) => ({ handle })),
      },
    }),
    webhookSubscriptions: (args) => ({
      type: "WebhookSubscriptionConnection",
      value: listSubscriptions({ shopify, shop: owner.shop, version }, args),
    }),
  };
}

function mutations({ shopify, owner, version }: Installed): Readonly<Record<string, Select>> {
  const caller = { shopify, shop: owner.shop, version };
  return {
    appUninstall: () => {
      leave(shopify, owner);
      return { type: "AppUninstallPayload", value: { app, userErrors: [] } };
    },
    webhookSubscriptionCreate: (args) => ({
      type: "WebhookSubscriptionCreatePayload",
      value: createSubscription(caller, args),
    }),
    webhookSubscriptionDelete: (args) => ({
      type: "WebhookSubscriptionDeletePayload",
      value: deleteSubscription(caller, args),
    }),
  };
}

function shopObject({ shop, shop_id, shop_name, email, currency }: ShopifyPerson): Record<string, unknown> {
  return {
    id: `gid://shopify/Shop/${shop_id}`,
    name: shop_name,
    email: email ?? "",
    contactEmail: email ?? "",
    myshopifyDomain: shop,
    primaryDomain: { host: shop, url: `https://${shop}` },
    currencyCode: currency,
  };
}
