import type { Clock } from "../../clock.ts";

/** Where a shop's events of one topic go. A subscription ends with the installation. */
export interface ShopifySubscription {
  readonly id: string;
  readonly shop: string;
  readonly topic: string;
  readonly uri: string;
  /** The fields that a payload has. An empty list means all. */
  readonly includeFields: readonly string[];
  readonly name: string | null;
  /** The API version of the request that created the subscription. Its payloads have the same version. */
  readonly version: string;
  readonly createdAt: string;
}

/** The webhook subscriptions of all shops. */
export interface ShopifySubscriptionStore {
  list(): ShopifySubscription[];
  of(shop: string): ShopifySubscription[];
  add(subscription: Omit<ShopifySubscription, "id" | "createdAt">): ShopifySubscription;
  replace(subscription: ShopifySubscription): void;
  drop(subscription: ShopifySubscription): void;
  /** Removes all subscriptions of a shop. */
  uninstall(shop: string): void;
  clear(): void;
}

/** Creates an empty store of subscriptions. */
export function createShopifySubscriptions(clock: Clock): ShopifySubscriptionStore {
  const byShop = new Map<string, ShopifySubscription[]>();
  let latest = 1_200_000_000_000;
  const of = (shop: string): ShopifySubscription[] => byShop.get(shop) ?? [];
  return {
    list: () => [...byShop.values()].flat(),
    of,
    add: (fields) => {
      latest += 1;
      const createdAt = new Date(clock.now()).toISOString();
      const subscription = { ...fields, id: `gid://shopify/WebhookSubscription/${latest}`, createdAt };
      byShop.set(fields.shop, [...of(fields.shop), subscription]);
      return subscription;
    },
    replace: (changed) => {
      byShop.set(
        changed.shop,
        of(changed.shop).map((other) => (other.id === changed.id ? changed : other)),
      );
    },
    drop: ({ shop, id }) => {
      byShop.set(
        shop,
        of(shop).filter((other) => other.id !== id),
      );
    },
    uninstall: (shop) => void byShop.delete(shop),
    clear: () => byShop.clear(),
  };
}
