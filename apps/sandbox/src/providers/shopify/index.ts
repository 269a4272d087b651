import type { ProviderEntry } from "../../provider.ts";
import { shopifyPeople } from "./people.ts";

const { shop } = shopifyPeople.nora;

/** Shopify in the sandbox. The endpoints are those of Nora's shop. */
export const shopify = {
  people: shopifyPeople,
  endpoints: {
    token: { host: shop, path: "/admin/oauth/access_token" },
    identity: { host: shop, path: "/admin/api" },
    revocation: { host: shop, path: "/admin/api" },
  },
  create: async (deps) => (await import("./provider.ts")).createShopifyProvider(deps),
} as const satisfies ProviderEntry;
