import { createSettings, idText, scopeTexts, secretText } from "../../provider-settings.ts";
import { shopifyScopes } from "./scopes.ts";

/** How an operator sets up Shopify. It signs webhooks with the client secret, so they are always taken. */
export const shopifySettings = createSettings({
  variables: {
    SHOPIFY_CLIENT_ID: idText.regex(
      /^(?!shp[a-z]{2}_)/,
      "must be the client id, of 32 hexadecimal digits; this is a secret",
    ),
    SHOPIFY_CLIENT_SECRET: secretText.regex(
      /^(?!shp(?:at|ca|pa|ua)_)/,
      "must be the client secret; this is an access token",
    ),
    SHOPIFY_SCOPES: scopeTexts(shopifyScopes, "read_products,write_orders").describe(
      "The scopes to ask for, separated by commas.",
    ),
    SHOPIFY_PREVIOUS_CLIENT_SECRET: secretText
      .min(8, "must be the secret that Shopify shows")
      .optional()
      .describe(
        "While you replace the client secret: the previous one. Shopify signs webhooks with it for about an hour more.",
      ),
  },
  buildApp: ({ SHOPIFY_CLIENT_SECRET: secret, SHOPIFY_PREVIOUS_CLIENT_SECRET: previous, ...env }) => ({
    id: env.SHOPIFY_CLIENT_ID,
    secret,
    mode: "live",
    scopes: env.SHOPIFY_SCOPES,
    webhook: { secrets: previous === undefined ? [secret] : [secret, previous] },
  }),
  guide: {
    page: "https://dev.shopify.com",
    app: "an app whose App URL is your `PUBLIC_URL`, where installations from the App Store start",
    redirectName: "Redirect URL",
    notes: "Shopify signs webhooks with the client secret. Patchbay registers `app/uninstalled` for each shop.",
    webhook: { where: "the app's three compliance topics" },
  },
});
