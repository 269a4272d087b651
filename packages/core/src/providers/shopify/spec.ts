import { clientSecretPost, type OAuthSpec, type TokenError } from "../../oauth/index.ts";
import type { FormValues, ProviderState } from "../../provider.ts";
import { apiVersion, isStorePaused } from "./admin.ts";
import { identifyShop } from "./identify.ts";
import { shopifyScopes } from "./scopes.ts";
import { shopifyShop } from "./shop.ts";
import { verifyShopifyInstall, verifyShopifyReturn } from "./hmac.ts";
import { subscribeToShop, unsubscribeFromShop } from "./subscriptions.ts";
import { uninstallFromShop } from "./uninstall.ts";
import { shopifyWebhooks } from "./webhooks.ts";

/** Authorization code grant for a standalone app: https://shopify.dev/docs/apps/build/authentication-authorization */
export const shopifySpec: OAuthSpec = {
  id: "shopify",
  name: "Shopify",
  fields: [
    {
      name: "shop",
      label: "Your shop's domain",
      hint: "The name in front of .myshopify.com. You find it in the address bar of your Shopify admin.",
      placeholder: "yourstore",
      autocomplete: "off",
      suffix: ".myshopify.com",
    },
  ],
  grants: "one per account",
  metadataOf: (values: FormValues): ProviderState => ({ shop: shopifyShop(values["shop"] ?? "") }),
  endpoints: (_client, metadata) => ({
    authorize: `https://${metadata["shop"]}/admin/oauth/authorize`,
    token: `https://${metadata["shop"]}/admin/oauth/access_token`,
  }),
  scopes: shopifyScopes,
  authorization: {},
  verifyResponse: (returned, client, now) => verifyShopifyReturn(returned, client.secret, now),
  parseInstallRequest: (request, client, now) => {
    const { hmac, shop, code } = request.parameters;
    // A return has a code beside its signature.
    return hmac === undefined || shop === undefined || code !== undefined
      ? undefined
      : verifyShopifyInstall(request, client.secret, now);
  },
  authenticate: clientSecretPost,
  // `expiring` asks for a token that ends in an hour and a refresh token: others are refused from January 2027.
  exchange: (code) => ({ code, expiring: "1" }),
  api: (_client, { shop }) => ({
    baseUrl: `https://${shop}/admin/api/${apiVersion}`,
    tokenHeader: "X-Shopify-Access-Token",
  }),
  refresh: "rotating",
  accessSeconds: 3_600,
  refreshSeconds: 90 * 86_400,
  refreshTokenReusable: true,
  // An app that a merchant made for one store gets tokens without an end, whatever it asks for.
  mayLackExpiry: true,
  probe: identifyShop,
  isGrantDead,
  isPaused: isStorePaused,
  identify: identifyShop,
  revoke: uninstallFromShop,
  revokesWithAccessToken: true,
  manageUrl: (_client, { shop }) =>
    `https://admin.shopify.com${shop ? `/store/${storeHandle(shop)}/settings/apps` : ""}`,
  webhooks: shopifyWebhooks,
  subscribe: subscribeToShop,
  unsubscribe: unsubscribeFromShop,
};

function isGrantDead({ error, description }: TokenError): boolean {
  if (error === "invalid_grant" || error === "invalid_subject_token") return true;
  return error === "invalid_request" && /authorization code|refresh_token/i.test(description);
}

function storeHandle(shop: string): string {
  return shop.replace(/\.myshopify\.com$/, "");
}
