import { z } from "zod";
import { personFields } from "../../people-store.ts";

/** Why a store does not work normally. Undefined if it does. */
const storeState = z.enum(["frozen", "paused", "locked", "fraudulent", "gone"]);

/** Why a store does not work normally. */
export type StoreState = z.infer<typeof storeState>;

/** A shop and its owner. */
export const shopifyPerson = z.object({
  ...personFields,
  /** The permanent, canonical domain. */
  shop: z.string(),
  /** The handle that people type, if it differs from the canonical one. */
  typed: z.string().optional(),
  shop_id: z.number(),
  shop_name: z.string(),
  currency: z.string(),
  state: storeState.optional(),
});

/** A shop and its owner. */
export type ShopifyPerson = z.infer<typeof shopifyPerson>;

/** The people of Shopify who live in the sandbox, by id. */
export const shopifyPeople = {
  nora: {
    person: "nora",
    name: "Nora Lindqvist",
    email: "nora@acme-goods.example",
    shop: "acme-goods.myshopify.com",
    shop_id: 68_817_551_382,
    shop_name: "Acme Goods",
    hint: "Acme Goods, acme-goods.myshopify.com",
    currency: "EUR",
  },
  omar: {
    person: "omar",
    name: "Omar Haddad",
    email: "omar@acme-outlet.example",
    shop: "k3v9ab-x1.myshopify.com",
    typed: "acme-outlet",
    shop_id: 91_204_773_610,
    shop_name: "Acme Outlet",
    hint: "Acme Outlet, typed acme-outlet, in truth k3v9ab-x1.myshopify.com",
    currency: "USD",
  },
} as const satisfies Readonly<Record<string, ShopifyPerson>>;

/** Lists a shop's hosts: its canonical domain and the one that people type. */
export const listShopHosts = ({ shop, typed }: ShopifyPerson): string[] =>
  typed === undefined ? [shop] : [shop, `${typed}.myshopify.com`];
