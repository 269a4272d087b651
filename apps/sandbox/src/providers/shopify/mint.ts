import { splitScopes, type Wanted } from "../../face.ts";
import { digits, hex } from "../../mint.ts";
import { firstSet } from "./offline.ts";
import type { ShopifyPerson } from "./people.ts";
import { granted } from "./scopes.ts";
import type { Shopify } from "./shopify.ts";

const synthetic = (person: string): ShopifyPerson => ({
  person,
  name: `Synthetic ${person}`,
  email: `${person}@load.example`,
  shop: `load-${hex(8)}.myshopify.com`,
  shop_id: Number(digits(13)),
  shop_name: `Synthetic ${person}`,
  currency: "EUR",
});

/** Synthetic shops, in which the app is installed with an expiring offline token. */
export function mint(shopify: Shopify, { count, prefix, scope = "read_products" }: Wanted): object[] {
  const { grants, people, app } = shopify;
  const scopes = granted(splitScopes(scope));
  return people.add(count, prefix, synthetic).map(({ person, name, email, shop, shop_id }) => {
    const grant = grants.open({ person, clientId: app.clientId, realm: shop, scopes });
    const set = firstSet(shopify, grant);
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
