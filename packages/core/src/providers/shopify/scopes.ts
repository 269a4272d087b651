import type { ScopeRules } from "../../oauth/index.ts";

/** What a store's data is called, by what follows `read_` and `write_`. https://shopify.dev/docs/api/usage/access-scopes */
const data = {
  assigned_fulfillment_orders: "the fulfillment orders that are assigned to it",
  checkouts: "your checkouts",
  companies: "your business customers",
  content: "your blog posts, pages and comments",
  customers: "your customers",
  discounts: "your discounts",
  draft_orders: "your draft orders",
  files: "your files",
  fulfillments: "your fulfillment services",
  gift_cards: "your gift cards",
  inventory: "your inventory",
  legal_policies: "your legal policies",
  locales: "the languages of your store",
  locations: "your locations",
  marketing_events: "your marketing events",
  markets: "your markets",
  merchant_managed_fulfillment_orders: "your fulfillment orders",
  metaobject_definitions: "the definitions of your metaobjects",
  metaobjects: "your metaobjects",
  online_store_pages: "the pages of your online store",
  orders: "your orders",
  payment_terms: "your payment terms",
  price_rules: "your price rules",
  product_listings: "the products that are published to it",
  products: "your products",
  publications: "where your products are published",
  reports: "your reports",
  returns: "your returns",
  script_tags: "the scripts of your storefront",
  shipping: "your shipping rates",
  shopify_payments_disputes: "your payment disputes",
  shopify_payments_payouts: "your payouts",
  themes: "your themes",
  third_party_fulfillment_orders: "the fulfillment orders of other services",
  translations: "your translations",
};

/** The scopes of Shopify. The app needs none to ask whose the store is. */
export const shopifyScopes: ScopeRules = {
  identity: [],
  usual: ["read_products"],
  form: /^(?:unauthenticated_|customer_)?(?:read|write)_[a-z0-9_]{1,100}$/,
  separator: ",",
  // Shopify drops a read scope that a write scope includes.
  listIncluding: (scope) => (readScope.test(scope) ? [scope.replace(readScope, "$1write_")] : []),
  words: Object.fromEntries([
    ["read_all_orders", "See all your orders, also those older than 60 days"],
    ["write_order_edits", "Edit your orders"],
    ...Object.entries(data).flatMap(([name, words]) => [
      [`read_${name}`, `See ${words}`],
      [`write_${name}`, `See and change ${words}`],
    ]),
  ]),
};

const readScope = /^(unauthenticated_)?read_/;
