import { minutes } from "../../clock.ts";
import { type ConsentScreen, recordConsent, redirectToApp } from "../../oauth/consent.ts";
import { splitScopes } from "../../provider.ts";
import type { AuthorizationRequest } from "../../oauth/grants.ts";
import { randomHex } from "../../random.ts";
import { renderNoticePage } from "../../page/notice.ts";
import { type ProviderResponse, type ProviderRequest, htmlResponse } from "../../http/messages.ts";
import { pageRefusal } from "./refusals.ts";
import { isKnownScope } from "./scopes.ts";
import { findOwner, shopHost, type ShopifyState } from "./shopify.ts";
import { signQuery } from "./signature.ts";
import { requireBrowsedStore } from "./store.ts";

/** `GET https://{shop}/admin/oauth/authorize`. The shop may have a friendly name that is not its canonical one. */
export function createShopifyConsent(shopify: ShopifyState): ConsentScreen {
  return {
    title: "Shopify",
    host: shopHost,
    path: "/admin/oauth/authorize",
    parseRequest: (asked, request) => parseShopifyRequest(shopify, asked, request),
    listPeople: (request) => [findOwner(shopify, request.host)].filter((owner) => owner !== undefined),
    onAllow: (authorization, person) => {
      const code = randomHex(16);
      recordConsent(shopify, { value: code, authorization, person, lifetime: minutes(10) });
      return redirectSigned(shopify, authorization, code);
    },
    onDeny: showCancelledPage,
  };
}

const online = "per-user";

/** Builds a code's realm: the shop, and whether the token is an online token of one person. */
const buildRealm = (shop: string, isOnline: boolean): string => (isOnline ? `${shop} ${online}` : shop);

/** Reads the shop of a code's realm. */
export const parseShop = (realm: string): string => realm.split(" ")[0] ?? "";

/** Whether a code's realm asks for an online token. */
export const isOnline = (realm: string): boolean => realm.endsWith(` ${online}`);

function parseShopifyRequest(
  shopify: ShopifyState,
  asked: URLSearchParams,
  request: ProviderRequest,
): AuthorizationRequest {
  const { app } = shopify;
  const owner = requireBrowsedStore(shopify, request);
  if (asked.get("client_id") !== app.clientId)
    throw pageRefusal({
      error: "application_cannot_be_found",
      description: "No application was found for this client_id",
    });
  const redirectUri = asked.get("redirect_uri") ?? "";
  requireKnownRedirect(shopify, redirectUri);
  const scopes = splitScopes(asked.get("scope") ?? "");
  if (!scopes.every(isKnownScope)) throw pageRefusal({ error: "invalid_scope", description: "Invalid scope" });
  const state = asked.get("state") ?? undefined;
  const realm = buildRealm(owner.shop, asked.getAll("grant_options[]").includes(online));
  return { clientId: app.clientId, redirectUri, scopes, state, challenge: undefined, realm };
}

function requireKnownRedirect({ app }: ShopifyState, redirectUri: string): void {
  if (!app.redirectUris.includes(redirectUri))
    throw pageRefusal({ error: "invalid_request", description: "The redirect_uri is not whitelisted" });
  if (new URL(redirectUri).hostname !== new URL(app.appUrl).hostname)
    throw pageRefusal({
      error: "invalid_request",
      description: "The redirect_uri and application url must have matching hosts",
    });
}

/** Encodes the address of a store's admin for the parameter `host`. */
export function encodeHost(shop: string): string {
  const store = `admin.shopify.com/store/${shop.replace(".myshopify.com", "")}`;
  return Buffer.from(store).toString("base64").replaceAll("=", "");
}

/** Redirects to the app. Shopify signs every parameter, the canonical shop included. */
function redirectSigned(
  { clock, app, switches }: ShopifyState,
  authorization: AuthorizationRequest,
  code: string,
): ProviderResponse {
  const shop = parseShop(authorization.realm);
  const signed = {
    code,
    ...(!switches.current().omitHost && { host: encodeHost(shop) }),
    shop,
    ...(authorization.state !== undefined && { state: authorization.state }),
    timestamp: String(Math.floor(clock.now() / 1000)),
  };
  const returned = Object.entries({ ...signed, hmac: signQuery(signed, app.clientSecret) });
  return redirectToApp(
    authorization.redirectUri,
    returned.sort(([a], [b]) => (a < b ? -1 : 1)),
    switches.current(),
  );
}

/** A merchant who cancels stays in the Shopify admin. The app is not told. */
function showCancelledPage(): ProviderResponse {
  const text = "The app was not installed. You are back in your Shopify admin.";
  return htmlResponse(200, renderNoticePage({ title: "Shopify", heading: "Installation cancelled", text }));
}
