import { z } from "zod";
import type { Grant, Token } from "../../grants.ts";
import { mergePatch } from "../../patch.ts";
import { type Answer, type Call, json, parseJson, Refusal } from "../../wire.ts";
import { parseQuery, type Selection, UnreadableQuery } from "./graphql.ts";
import type { ShopifyPerson } from "./people.ts";
import { adminRefusal } from "./refusals.ts";
import { type Select, selectFields, UndefinedField } from "./select.ts";
import { ownerOf, type Shopify } from "./shopify.ts";

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
    const answer = run(readSelections(call), { shopify, owner, grant: token.grant });
    return json(200, answer, { "x-shopify-api-version": served(version) });
  };
}

/** `DELETE https://{shop}/admin/api_permissions/current.json`: uninstalls the app. */
export function uninstallEndpoint(shopify: Shopify): (call: Call) => Answer {
  return (call) => {
    const { token } = authenticated(shopify, call);
    uninstall(shopify, token.grant);
    return json(200, {});
  };
}

function authenticated(shopify: Shopify, call: Call): { token: Token; owner: ShopifyPerson } {
  const owner = ownerOf(shopify, call.host);
  if (owner === undefined) throw adminRefusal(404, "Not Found");
  const token = shopify.grants.token(call.header("x-shopify-access-token") ?? "");
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

/** All tokens of the shop die at once, whoever had acquired them. */
function uninstall({ grants }: Shopify, grant: Grant): void {
  for (const installed of grants.standing(grant)) grants.end(installed);
}

const requestSchema = z.object({ query: z.string() });

function readSelections(call: Call): Selection[] {
  const request = requestSchema.safeParse(parseJson(call.body));
  if (!request.success) throw new Refusal(json(400, { errors: { query: "Required parameter missing or invalid" } }));
  try {
    return parseQuery(request.data.query);
  } catch (error) {
    if (error instanceof UnreadableQuery) throw new Refusal(json(200, { errors: [{ message: error.message }] }));
    throw error;
  }
}

interface Installed {
  readonly shopify: Shopify;
  readonly owner: ShopifyPerson;
  readonly grant: Grant;
}

const cost = {
  requestedQueryCost: 2,
  actualQueryCost: 2,
  throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1998, restoreRate: 100 },
};

function run(selections: readonly Selection[], installed: Installed): object {
  try {
    return { data: selectFields(roots(installed), "QueryRoot", selections), extensions: { cost } };
  } catch (error) {
    if (error instanceof UndefinedField) return { errors: [error.detail] };
    throw error;
  }
}

/** The root fields which are played; each is worked out only if it is asked for. */
function roots({ shopify, owner, grant }: Installed): Readonly<Record<string, Select>> {
  const app = { id: "gid://shopify/App/1580001" };
  return {
    shop: () => ({ type: "Shop", value: mergePatch(shopObject(owner), owner.answer) }),
    currentAppInstallation: () => ({
      type: "AppInstallation",
      value: {
        id: "gid://shopify/AppInstallation/584001",
        app,
        accessScopes: grant.scopes.map((handle) => ({ handle })),
      },
    }),
    appUninstall: () => {
      uninstall(shopify, grant);
      return { type: "AppUninstallPayload", value: { app, userErrors: [] } };
    },
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
