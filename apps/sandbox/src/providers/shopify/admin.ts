import { z } from "zod";
import type { Token } from "../../tokens.ts";
import { type Answer, type Call, json, parseJson, Refusal } from "../../wire.ts";
import { buildRoot } from "./admin-root.ts";
import { executeDocument, type GraphqlRequest } from "./graphql.ts";
import type { ShopifyPerson } from "./people.ts";
import { adminRefusal } from "./refusals.ts";
import type { Shopify } from "./shopify.ts";
import { inactiveShop, openStore } from "./store.ts";
import { leave } from "./webhooks.ts";

const supported = new Set(["2026-01", "2026-04", "2026-07", "2026-10", "2027-01", "unstable"]);

/** A version that is no longer supported is served by the oldest one that is; the header tells. */
const served = (version: string): string => (supported.has(version) ? version : "2026-01");

type Params = Readonly<Record<string, string>>;

/** `POST https://{shop}/admin/api/{version}/graphql.json`. */
export function graphqlEndpoint(shopify: Shopify): (call: Call, params: Params) => Promise<Answer> {
  return async (call, params) => {
    const { token, owner } = authenticated(shopify, call);
    if (token.expiresAt === Infinity && !shopify.switches.current().nonExpiring) throw nonExpiring();
    const asked = params["version"] ?? "";
    if (!/^(\d{4}-\d{2}|unstable)$/.test(asked)) throw adminRefusal(404, "Not Found");
    if (owner.state === "paused") return inactiveShop();
    const version = served(asked);
    const root = buildRoot({ shopify, owner, scopes: token.grant.scopes, version });
    const answer = await executeDocument(readRequest(call), root);
    return json(
      200,
      { ...answer, ...("data" in answer && { extensions: { cost } }) },
      { "x-shopify-api-version": version },
    );
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

const requestSchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

function readRequest(call: Call): GraphqlRequest {
  const request = requestSchema.safeParse(parseJson(call.body));
  if (!request.success) throw new Refusal(json(400, { errors: { query: "Required parameter missing or invalid" } }));
  return request.data;
}

const cost = {
  requestedQueryCost: 2,
  actualQueryCost: 2,
  throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1998, restoreRate: 100 },
};
