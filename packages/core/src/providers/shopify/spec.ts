import { z } from "zod";
import { ConnectError } from "../../errors.ts";
import { parseJsonAs, parseJsonBody, unrecognizedResponseError } from "../../http/index.ts";
import {
  clientSecretPost,
  isRejected,
  type Access,
  type OAuthClient,
  type OAuthSpec,
  type TokenError,
} from "../../oauth/index.ts";
import type { Account, FormValues, ProviderState, Revocation } from "../../provider.ts";
import { optionalText } from "../fields.ts";
import { apiVersion, graphql, isStorePaused } from "./admin.ts";
import { shopifyShop } from "./shop.ts";
import { verifyShopifyInstall, verifyShopifyReturn } from "./hmac.ts";
import { subscribeToShop, unsubscribeFromShop } from "./subscriptions.ts";
import { shopifyWebhooks } from "./webhooks.ts";

/** Authorization code grant for a standalone app: https://shopify.dev/docs/apps/build/authentication-authorization */
export const shopifySpec: OAuthSpec = {
  id: "shopify",
  name: "Shopify",
  description: "Link your store, so that its products and orders can be used here.",
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
  metadataOf: (answers: FormValues): ProviderState => ({ shop: shopifyShop(answers["shop"] ?? "") }),
  endpoints: (_client, place) => ({
    authorize: `https://${place["shop"]}/admin/oauth/authorize`,
    token: `https://${place["shop"]}/admin/oauth/access_token`,
  }),
  authorization: (client) => (client.scopes?.length ? { scope: client.scopes.join(",") } : {}),
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
  probe: probeShop,
  isGrantDead,
  isPaused: isStorePaused,
  missingScopes: findMissingScopes,
  identify: identifyShop,
  revoke: revokeShopToken,
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

/** Shopify drops a read scope that a write scope implies. */
function findMissingScopes(granted: readonly string[], client: OAuthClient): string[] {
  const held = new Set(granted.flatMap((scope) => [scope, scope.replace(/^(unauthenticated_)?write_/, "$1read_")]));
  return (client.scopes ?? []).filter((scope) => !held.has(scope));
}

const shopQuery = "{ shop { id name email myshopifyDomain } }";
const shopAnswer = z.object({
  data: z.object({
    shop: z.object({
      id: z.string().min(1),
      name: optionalText,
      email: optionalText,
      myshopifyDomain: z.string(),
    }),
  }),
});

async function probeShop(access: Access): Promise<void> {
  await identifyShop(access);
}

async function identifyShop(access: Access): Promise<Account> {
  const answer = await graphql(access, { query: shopQuery });
  const { shop } = parseJsonBody(answer, shopAnswer, "Shopify's Admin API").data;
  if (shop.myshopifyDomain !== access.credentials.metadata["shop"]) {
    throw new ConnectError("provider_misbehaved", "Shopify named another shop than the one that signed the return");
  }
  return {
    id: shop.id,
    label: shop.name || shop.myshopifyDomain,
    ...(shop.email ? { email: shop.email } : {}),
    details: { shop: shop.myshopifyDomain, ...(shop.name ? { shopName: shop.name } : {}) },
  };
}

const uninstall = "mutation { appUninstall { app { id } userErrors { code field message } } }";
const uninstallAnswer = z.object({
  data: z.object({ appUninstall: z.object({ userErrors: z.array(z.object({ code: z.string().nullish() })) }) }),
});

/** The app is not there: uninstalled before. */
const gone = new Set(["APP_NOT_INSTALLED", "APP_NOT_FOUND"]);

/** There is no revoke endpoint: access ends when the app is uninstalled, which only the app itself may ask for. */
async function revokeShopToken(access: Access): Promise<Revocation> {
  try {
    const answer = await graphql(access, { query: uninstall });
    const userErrors = parseJsonAs(answer, uninstallAnswer)?.data.appUninstall.userErrors;
    if (userErrors === undefined) throw unrecognizedResponseError(answer, "Shopify's appUninstall");
    if (userErrors.every(({ code }) => gone.has(code ?? ""))) return { outcome: "revoked" };
  } catch (failure) {
    // The token is dead: the app was uninstalled before.
    if (isRejected(failure)) return { outcome: "revoked" };
    throw failure;
  }
  throw new ConnectError("provider_unavailable", "Shopify's appUninstall did not uninstall");
}

function storeHandle(shop: string): string {
  return shop.replace(/\.myshopify\.com$/, "");
}
