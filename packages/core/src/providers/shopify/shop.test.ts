import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConnectError } from "../../errors.ts";
import { isShopifyShop, shopifyShop } from "./shop.ts";

describe("a shop that a user types", () => {
  test.each([
    ["acme", "acme.myshopify.com"],
    ["acme-goods.myshopify.com", "acme-goods.myshopify.com"],
    ["  Acme.MyShopify.com  ", "acme.myshopify.com"],
    ["ACME", "acme.myshopify.com"],
    ["https://acme.myshopify.com", "acme.myshopify.com"],
    ["https://acme.myshopify.com/admin/products?x=1#y", "acme.myshopify.com"],
    ["https://admin.shopify.com/store/acme", "acme.myshopify.com"],
    ["https://admin.shopify.com/store/acme/settings", "acme.myshopify.com"],
    ["0", "0.myshopify.com"],
    ["a".repeat(60), `${"a".repeat(60)}.myshopify.com`],
  ])("a shop that a user types: %j is %s", (typed, shop) => {
    expect(shopifyShop(typed)).toBe(shop);
  });

  test.each([
    "http://acme.myshopify.com",
    "https://acme.myshopify.com/",
    "acme.myshopify.com/",
    "acme.myshopify.com/admin/orders?x=1#y",
    "admin.shopify.com/store/acme",
    "http://admin.shopify.com/store/acme/settings",
    "  Acme.myshopify.com/  ",
  ])("a shop that a user types: %j is acme's", (typed) => {
    expect(shopifyShop(typed)).toBe("acme.myshopify.com");
  });

  test.each([
    "",
    " ",
    "evil.com",
    "a.myshopify.com.evil.com",
    "evil.com/.myshopify.com",
    "evil.com?.myshopify.com",
    "evil.com#.myshopify.com",
    "evil.com\\.myshopify.com",
    "evil.com%23.myshopify.com",
    "a.myshopify.com@evil.com",
    "evil.com@a.myshopify.com",
    "https://a.myshopify.com@evil.com/",
    "https://evil.com/https://a.myshopify.com",
    "https://admin.shopify.com/store/a@evil.com",
    "https://admin.shopify.com/store/../a",
    "https://admin.shopify.com.evil.com/store/a",
    "//a.myshopify.com",
    "javascript:alert(1)//.myshopify.com",
    "a.myshopify.com:8443",
    "a.myshopify.com.",
    ".myshopify.com",
    "-a.myshopify.com",
    "a_b.myshopify.com",
    "a.b.myshopify.com",
    "a.myshopify.io",
    "127.0.0.1",
    "[::ffff:169.254.169.254]",
    "localhost:80",
    "a.myshopify.com\n",
    "\ta.myshopify.com",
    "a.mysho\npify.com",
    "a\u0000.myshopify.com",
    "a.myshopify.com\r\nHost: evil.com",
    "аcme.myshopify.com",
    "ａcme.myshopify.com",
    "acme.myshopify。com",
    "ſhop.myshopify.com",
    "\u212Aacme.myshopify.com",
    "xn--80ak6aa92e.com",
    "a".repeat(61),
    "a".repeat(300),
    `${"a".repeat(300)}.myshopify.com`,
  ])("5. a shop that a user types: %j is no shop", (typed) => {
    expect(() => shopifyShop(typed)).toThrow(ConnectError);
    expect(isShopifyShop(typed)).toBe(false);
  });

  test("a shop that a user types: whatever is typed, an address built from it leads to one label below myshopify.com or nowhere", () => {
    const pieces = fc.constantFrom(
      "acme",
      ".myshopify.com",
      "https://",
      "@",
      "/",
      "#",
      "?",
      ":",
      "\\",
      "\n",
      "%2f",
      "evil.com",
      "A",
      "а",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join("")),
        ),
        (typed) => {
          let shop: string;
          try {
            shop = shopifyShop(typed);
          } catch (refused) {
            return refused instanceof ConnectError && refused.code === "invalid_shop";
          }
          const url = new URL(`https://${shop}/admin/oauth/access_token`);
          return url.host === shop && /^[a-z0-9-]+\.myshopify\.com$/.test(url.host) && url.username === "";
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

test.each(["Acme.myshopify.com", "acme", " acme.myshopify.com", "acme.myshopify.com\n"])(
  "a signed shop is taken to the letter: %j is none",
  (text) => expect(isShopifyShop(text)).toBe(false),
);
