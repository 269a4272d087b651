import { z } from "zod";
import type { Token } from "../../oauth/tokens.ts";
import { type ProviderResponse, type ProviderRequest, jsonResponse, parseJson, Refusal } from "../../http/messages.ts";
import { buildRoot } from "./admin-root.ts";
import { executeDocument, type GraphqlRequest } from "./graphql.ts";
import type { ShopifyPerson } from "./people.ts";
import { adminRefusal } from "./refusals.ts";
import type { ShopifyState } from "./shopify.ts";
import { inactiveShop, requireOpenStore } from "./store.ts";
import { uninstallInBackground } from "./webhooks.ts";

const supported = new Set(["2026-01", "2026-04", "2026-07", "2026-10", "2027-01", "unstable"]);

/** The oldest supported version serves a request for an unsupported one. The header names it. */
const getServedVersion = (version: string): string => (supported.has(version) ? version : "2026-01");

type Params = Readonly<Record<string, string>>;

/** `POST https://{shop}/admin/api/{version}/graphql.json`. */
export function createGraphqlEndpoint(
  shopify: ShopifyState,
): (request: ProviderRequest, params: Params) => Promise<ProviderResponse> {
  return async (request, params) => {
    const { token, owner } = requireAdminToken(shopify, request);
    if (token.expiresAt === Infinity && !shopify.switches.current().nonExpiring) throw refuseNonExpiring();
    const asked = params["version"] ?? "";
    if (!/^(\d{4}-\d{2}|unstable)$/.test(asked)) throw adminRefusal(404, "Not Found");
    if (owner.state === "paused") return inactiveShop();
    const version = getServedVersion(asked);
    const root = buildRoot({ shopify, owner, scopes: token.grant.scopes, version });
    const answer = await executeDocument(readRequest(request), root);
    return jsonResponse(
      200,
      { ...answer, ...("data" in answer && { extensions: { cost } }) },
      { "x-shopify-api-version": version },
    );
  };
}

/** `DELETE https://{shop}/admin/api_permissions/current.json`: uninstalls the app. */
export function createUninstallEndpoint(shopify: ShopifyState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    uninstallInBackground(shopify, requireAdminToken(shopify, request).owner);
    return jsonResponse(200, {});
  };
}

function requireAdminToken(shopify: ShopifyState, request: ProviderRequest): { token: Token; owner: ShopifyPerson } {
  const owner = requireOpenStore(shopify, request);
  const token = shopify.grants.useToken(request.header("x-shopify-access-token") ?? "");
  if (token?.kind !== "access" || token.grant.realm !== owner.shop || !shopify.grants.isTokenUsable(token))
    throw adminRefusal(401, "[API] Invalid API key or access token (unrecognized login or wrong password)");
  return { token, owner };
}

/** Enforced for public apps since July 2026. */
const refuseNonExpiring = (): Refusal =>
  adminRefusal(
    403,
    "[API] Non-expiring access tokens are no longer accepted for the Admin API. Start using expiring offline tokens: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens",
  );

const requestSchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

function readRequest(request: ProviderRequest): GraphqlRequest {
  const { success, data } = requestSchema.safeParse(parseJson(request.body));
  if (!success) throw new Refusal(jsonResponse(400, { errors: { query: "Required parameter missing or invalid" } }));
  return data;
}

const cost = {
  requestedQueryCost: 2,
  actualQueryCost: 2,
  throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1998, restoreRate: 100 },
};
