import { createConsentRoutes } from "../../oauth/consent.ts";
import type { SimulatedProvider, ProviderDeps } from "../../provider.ts";
import type { ProviderResponse } from "../../http/messages.ts";
import { createGraphqlEndpoint, createUninstallEndpoint } from "./admin.ts";
import { createShopifyConsent } from "./authorize.ts";
import { buildInstallLink, createInstallRoutes } from "./install.ts";
import { seedShopifyGrants } from "./seed.ts";
import { adminRefusal } from "./refusals.ts";
import { createShopifyState, shopHost } from "./shopify.ts";
import { createShopifyTokenEndpoint } from "./token.ts";
import { uninstallShopifyApp, buildShopifyDeliveries } from "./webhooks.ts";

/** Creates the simulated Shopify: every shop has its own host, redirects are signed, and an app uninstalls itself. */
export function createShopifyProvider(deps: ProviderDeps): SimulatedProvider {
  const state = createShopifyState(deps);
  const { app, ...rest } = state;
  return {
    ...rest,
    app: { ...app },
    id: deps.id,
    title: "Shopify",
    webhooks: { buildDeliveries: (order) => buildShopifyDeliveries(state, order) },
    removeApp: (person) => uninstallShopifyApp(state, person),
    seedGrants: (wanted) => seedShopifyGrants(state, wanted),
    routes: [
      ...createConsentRoutes(createShopifyConsent(state)),
      ...createInstallRoutes(state),
      {
        method: "POST",
        host: shopHost,
        path: "/admin/oauth/access_token",
        counts: "tokens",
        handle: createShopifyTokenEndpoint(state),
      },
      {
        method: "POST",
        host: shopHost,
        path: "/admin/api/:version/graphql.json",
        counts: (request) => (request.body.includes("appUninstall") ? "revocations" : undefined),
        handle: createGraphqlEndpoint(state),
      },
      {
        method: "DELETE",
        host: shopHost,
        path: "/admin/api_permissions/current.json",
        counts: "revocations",
        handle: createUninstallEndpoint(state),
      },
    ],
    page: { path: buildInstallLink(app.clientId), title: "Install the app from the App Store" },
    notFound,
  };
}

const notFound = (): ProviderResponse => adminRefusal(404, "Not Found").response;
