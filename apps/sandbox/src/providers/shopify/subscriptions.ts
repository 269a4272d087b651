import type { Clock } from "../../clock.ts";

/** Where a shop's events of one topic go; it ends with the installation. */
export interface Subscription {
  readonly id: string;
  readonly shop: string;
  readonly topic: string;
  readonly uri: string;
  /** The fields of a payload that are wanted; none named means all. */
  readonly includeFields: readonly string[];
  readonly name: string | null;
  /** The version of the URL by which it was made is that of its payloads. */
  readonly version: string;
  readonly createdAt: string;
}

export interface Subscriptions {
  list(): Subscription[];
  of(shop: string): Subscription[];
  add(subscription: Omit<Subscription, "id" | "createdAt">): Subscription;
  replace(subscription: Subscription): void;
  drop(subscription: Subscription): void;
  /** All of a shop at once. */
  uninstall(shop: string): void;
  clear(): void;
}

export function createSubscriptions(clock: Clock): Subscriptions {
  const byShop = new Map<string, Subscription[]>();
  let latest = 1_200_000_000_000;
  const of = (shop: string): Subscription[] => byShop.get(shop) ?? [];
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
