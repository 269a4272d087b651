import { redirectToApp } from "../../oauth/consent.ts";
import { appName, type ProviderRoute } from "../../provider.ts";
import { renderChoicePage } from "../../page/choice.ts";
import { type ProviderResponse, type ProviderRequest, htmlResponse } from "../../http/messages.ts";
import { encodeHost } from "./authorize.ts";
import type { ShopifyPerson } from "./people.ts";
import { pageRefusal } from "./refusals.ts";
import { shopHost, type ShopifyState } from "./shopify.ts";
import { signQuery } from "./signature.ts";
import { requireBrowsedStore } from "./store.ts";

const adminHost = "admin.shopify.com";
const adminPath = "/oauth/install";

/** Builds the link that starts an installation at Shopify. */
export const buildInstallLink = (clientId: string): string => `/${adminHost}${adminPath}?client_id=${clientId}`;

/**
 * Installations that start at Shopify: from the App Store, where a merchant chooses the store, and by a store's own
 * link. Both redirect the browser to the App URL, signed. Neither grants anything.
 */
export function createInstallRoutes(shopify: ShopifyState): ProviderRoute[] {
  return [
    { method: "GET", host: adminHost, path: adminPath, handle: (request) => showStoreChoice(shopify, request) },
    { method: "POST", host: adminHost, path: adminPath, handle: (request) => openChosenStore(shopify, request) },
    {
      method: "GET",
      host: shopHost,
      path: "/admin/oauth/install_custom_app",
      handle: (request) => {
        requireKnownClient(shopify, request);
        return openApp(shopify, requireBrowsedStore(shopify, request));
      },
    },
  ];
}

function requireKnownClient({ app }: ShopifyState, request: ProviderRequest): void {
  if (request.query.get("client_id") === app.clientId) return;
  throw pageRefusal({
    error: "application_cannot_be_found",
    description: "No application was found for this client_id",
  });
}

function showStoreChoice(shopify: ShopifyState, request: ProviderRequest): ProviderResponse {
  requireKnownClient(shopify, request);
  return htmlResponse(
    200,
    renderChoicePage({
      title: `Shopify: install ${appName}`,
      heading: `In which store do you want to install ${appName}?`,
      host: adminHost,
      action: buildInstallLink(shopify.app.clientId),
      hidden: [],
      people: shopify.people.listSeeded(),
      button: "Install",
    }),
  );
}

function openChosenStore(shopify: ShopifyState, request: ProviderRequest): ProviderResponse {
  requireKnownClient(shopify, request);
  const owner = shopify.people.findPerson(request.form.get("person") ?? "");
  if (owner === undefined)
    throw pageRefusal({ error: "invalid_request", description: "Send person=<an id from /_/people>" });
  return openApp(shopify, owner);
}

/** Redirects the browser to the App URL, as Shopify does when a merchant opens the app. */
function openApp({ app, clock, switches }: ShopifyState, { shop }: ShopifyPerson): ProviderResponse {
  const current = switches.current();
  const timestamp = String(Math.floor(clock.now() / 1000));
  const signed = { ...(!current.omitHost && { host: encodeHost(shop) }), shop, timestamp };
  const sent = { hmac: signQuery(signed, app.clientSecret), ...signed };
  return redirectToApp(current.appUrl ?? app.appUrl, Object.entries(sent), current);
}
