import { appName } from "../../provider.ts";
import { mergePatch, type Patch } from "../../patch.ts";
import type { ShopifyPerson } from "./people.ts";
import type { ShopifyState } from "./shopify.ts";
import { buildSubscriptionFields } from "./subscription-fields.ts";
import { uninstallInBackground } from "./webhooks.ts";

/** The app in the store of a request. */
export interface Installed {
  readonly shopify: ShopifyState;
  readonly owner: ShopifyPerson;
  readonly scopes: readonly string[];
  readonly version: string;
}

/** Builds the root fields of queries and mutations. Each is computed only if a document asks for it. */
export function buildRoot(installed: Installed): object {
  const { shopify, owner, scopes, version } = installed;
  const app = { id: "gid://shopify/App/1580001", apiKey: shopify.app.clientId, title: appName };
  return {
    shop: () => mergePatch(describeShop(owner), owner.answer),
    currentAppInstallation: () => ({
      id: "gid://shopify/AppInstallation/584001",
      app,
      accessScopes: scopes.map((handle) => ({ handle, description: handle.replaceAll("_", " ") })),
    }),
    appUninstall: () => uninstallApp(installed, app),
    ...buildSubscriptionFields({ shopify, shop: owner.shop, version }),
  };
}

const sentences = {
  APP_NOT_FOUND: "The app cannot be found.",
  APP_NOT_INSTALLED: "The app is not installed.",
  APP_UNINSTALL_ERROR: "An error occurred while uninstalling the app.",
  USER_PERMISSIONS_INSUFFICIENT: "User does not have sufficient permissions to uninstall this app.",
};

/** Uninstalls the app, or returns the error that a switch asks for. */
function uninstallApp({ shopify, owner }: Installed, app: object): object {
  const { uninstallError: code } = shopify.switches.current();
  if (code !== undefined) return { app: null, userErrors: [{ code, field: null, message: sentences[code] }] };
  uninstallInBackground(shopify, owner);
  return { app, userErrors: [] };
}

function describeShop({ shop, shop_id, shop_name, email, currency }: ShopifyPerson): Patch {
  return {
    id: `gid://shopify/Shop/${shop_id}`,
    name: shop_name,
    email: email ?? "",
    contactEmail: email ?? "",
    myshopifyDomain: shop,
    primaryDomain: { id: `gid://shopify/Domain/${shop_id + 1}`, host: shop, url: `https://${shop}` },
    currencyCode: currency,
  };
}
