import { expect, it } from "vitest";
import { findKnownValues, normalizeValue } from "./form-values.ts";

const shop = { name: "shop", label: "Shop", suffix: ".myshopify.com" };

it.each([
  ["acme-goods", "acme-goods.myshopify.com"],
  ["  acme-goods ", "acme-goods.myshopify.com"],
  ["acme-goods.myshopify.com", "acme-goods.myshopify.com"],
  ["https://acme-goods.myshopify.com/admin?x=1", "https://acme-goods.myshopify.com/admin?x=1"],
  ["https://admin.shopify.com/store/acme-goods", "https://admin.shopify.com/store/acme-goods"],
  [" http://acme-goods.myshopify.com ", "http://acme-goods.myshopify.com"],
  ["admin.shopify.com/store/acme-goods/products", "admin.shopify.com/store/acme-goods/products"],
  ["acme/goods", "acme/goods"],
  ["evil.com", "evil.com"],
  ["", ""],
])("normalizeValue turns %j into %j", (typed, answer) => {
  expect(normalizeValue(shop, typed)).toBe(answer);
});

it("findKnownValues finds the values only if the account shows all of them", () => {
  expect(findKnownValues([shop], { shop: "acme.myshopify.com", plan: "basic" })).toEqual({
    shop: "acme.myshopify.com",
  });
  expect(findKnownValues([shop], {})).toBeUndefined();
});
