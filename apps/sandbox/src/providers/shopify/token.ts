import { hours } from "../../clock.ts";
import { parseBodyCredentials } from "../../oauth/client-credentials.ts";
import type { AuthorizationCode } from "../../oauth/grants.ts";
import { randomHex } from "../../random.ts";
import { respondWithTokens } from "../../oauth/token-response.ts";
import { type ProviderResponse, parseBodyFields, type ProviderRequest } from "../../http/messages.ts";
import { isOnline, parseShop } from "./authorize.ts";
import { acquireOfflineToken, refreshOfflineTokens } from "./offline.ts";
import type { ShopifyPerson } from "./people.ts";
import { asksForJson, type ShopifyError, tokenRefusal } from "./refusals.ts";
import { expandScopes } from "./scopes.ts";
import { findOwner, type ShopifyState } from "./shopify.ts";
import { requireBrowsedStore, requireOpenStore } from "./store.ts";

/** `POST https://{shop}/admin/oauth/access_token`: credentials in the body, form or JSON; a code needs no grant type. */
export function createShopifyTokenEndpoint(shopify: ShopifyState): (request: ProviderRequest) => ProviderResponse {
  return (request) => {
    const fields = parseBodyFields(request);
    const owner = getStore(shopify, request);
    const { status, ...problem } = checkShopifyClient(shopify, fields);
    if (status !== 200) throw tokenRefusal(request, status, problem);
    const set = exchangeForTokens(shopify, { request, fields, owner });
    return respondWithTokens(shopify, set);
  };
}

/** A request that does not ask for JSON gets a page. */
const getStore = (shopify: ShopifyState, request: ProviderRequest): ShopifyPerson =>
  asksForJson(request) && findOwner(shopify, request.host)
    ? requireOpenStore(shopify, request)
    : requireBrowsedStore(shopify, request);

function checkShopifyClient({ app }: ShopifyState, fields: URLSearchParams): ShopifyError & { status: number } {
  const credentials = parseBodyCredentials(fields);
  if (!credentials)
    return { status: 400, error: "invalid_request", description: "Missing or invalid client credentials" };
  if (credentials.id !== app.clientId)
    return {
      status: 400,
      error: "application_cannot_be_found",
      description: "No application was found for this client_id",
    };
  if (credentials.secret !== app.clientSecret)
    return { status: 400, error: "invalid_client", description: "Client authentication failed" };
  return { status: 200, error: "", description: "" };
}

interface ExchangeRequest {
  readonly request: ProviderRequest;
  readonly fields: URLSearchParams;
  readonly owner: ShopifyPerson;
}

function exchangeForTokens(shopify: ShopifyState, { request, fields, owner }: ExchangeRequest): object {
  const type = fields.get("grant_type");
  if (type === "refresh_token") {
    const set = refreshOfflineTokens(shopify, fields.get("refresh_token") ?? "", owner.shop);
    if (set) return set;
    const description = "This request requires an active refresh_token";
    throw tokenRefusal(request, 401, { error: "invalid_request", description });
  }
  if (type !== null && type !== "authorization_code")
    throw tokenRefusal(request, 400, {
      error: "unsupported_grant_type",
      description: "The grant type is not supported",
    });
  const code = shopify.grants.findCode(fields.get("code") ?? "");
  if (!code || !shopify.grants.isCodeUsable(code) || parseShop(code.request.realm) !== owner.shop) {
    const description = "The authorization code was not found or was already used";
    throw tokenRefusal(request, 400, { error: "invalid_request", description });
  }
  return isOnline(code.request.realm)
    ? issueOnlineToken(shopify, code, owner)
    : acquireOfflineToken(shopify, code, fields.get("expiring") === "1" && !shopify.switches.current().nonExpiring);
}

/** Issues an online token of one person of the shop. It lasts a day and cannot be refreshed. */
function issueOnlineToken(
  { grants }: ShopifyState,
  code: AuthorizationCode,
  owner: ShopifyPerson,
): Record<string, unknown> {
  const scopes = expandScopes(code.request.scopes);
  code.grant = grants.createGrant({ ...code.request, scopes, realm: owner.shop, person: code.person });
  const access = grants.issueToken(code.grant, {
    kind: "access",
    value: `shpat_${randomHex(16)}`,
    lifetime: hours(24),
  });
  const [first_name = "", ...last] = owner.name.split(" ");
  return {
    access_token: access.value,
    scope: scopes.join(","),
    expires_in: 86_399,
    associated_user_scope: scopes.join(","),
    associated_user: {
      id: owner.shop_id + 1,
      first_name,
      last_name: last.join(" "),
      email: owner.email ?? null,
      email_verified: true,
      account_owner: true,
      locale: "en",
      collaborator: false,
    },
  };
}
