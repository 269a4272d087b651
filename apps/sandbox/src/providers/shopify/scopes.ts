const things = [
  "assigned_fulfillment_orders",
  "checkouts",
  "content",
  "customers",
  "discounts",
  "draft_orders",
  "files",
  "fulfillments",
  "gift_cards",
  "inventory",
  "locations",
  "marketing_events",
  "markets",
  "merchant_managed_fulfillment_orders",
  "orders",
  "price_rules",
  "product_listings",
  "products",
  "publications",
  "reports",
  "returns",
  "shipping",
  "themes",
  "translations",
];

const known = new Set(things.flatMap((thing) => [`read_${thing}`, `write_${thing}`]));

/** Whether Shopify has this scope. */
export const isKnownScope = (scope: string): boolean => known.has(scope);

/** Normalises scopes as Shopify does: it drops a read scope that a write scope implies, and has its own order. */
export function expandScopes(scopes: readonly string[]): string[] {
  const asked = new Set(scopes);
  const implied = (scope: string): boolean => scope.startsWith("read_") && asked.has(scope.replace("read_", "write_"));
  return [...asked].filter((scope) => !implied(scope)).sort((a, b) => b.localeCompare(a));
}
