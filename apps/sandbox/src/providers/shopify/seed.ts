import type { SeededGrant } from "../../control/schemas/reports.ts";
import { splitScopes, type SeedOptions } from "../../provider.ts";
import { randomDigits, randomHex } from "../../random.ts";
import { issueOfflineTokens } from "./offline.ts";
import type { ShopifyPerson } from "./people.ts";
import { expandScopes } from "./scopes.ts";
import type { ShopifyState } from "./shopify.ts";

const createShopifyPerson = (person: string): ShopifyPerson => ({
  person,
  name: `Synthetic ${person}`,
  email: `${person}@load.example`,
  shop: `load-${randomHex(8)}.myshopify.com`,
  shop_id: Number(randomDigits(13)),
  shop_name: `Synthetic ${person}`,
  currency: "EUR",
});

/** Creates synthetic shops that have installed the app with an expiring offline token. */
export function seedShopifyGrants(
  shopify: ShopifyState,
  { count, prefix, scope = "read_products" }: SeedOptions,
): SeededGrant[] {
  const { grants, people, app } = shopify;
  const scopes = expandScopes(splitScopes(scope));
  return people.addSynthetic(count, prefix, createShopifyPerson).map(({ person, name, email, shop, shop_id }) => {
    const grant = grants.createGrant({ person, clientId: app.clientId, realm: shop, scopes });
    const set = issueOfflineTokens(shopify, grant);
    return {
      person,
      name,
      email,
      account: `gid://shopify/Shop/${shop_id}`,
      shop,
      accessToken: set.access_token,
      refreshToken: set.refresh_token,
      expiresIn: set.expires_in,
      refreshTokenExpiresIn: set.refresh_token_expires_in,
      scope: set.scope,
    };
  });
}
