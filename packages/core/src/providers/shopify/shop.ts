import { ConnectError } from "../../errors.ts";

const handle = "[a-z0-9][a-z0-9-]{0,59}";
const bare = new RegExp(`^${handle}$`);
const domain = new RegExp(`^${handle}\\.myshopify\\.com$`);
const rest = "(?:[/?#][\\x21-\\x7e]*)?";
const adminUrl = new RegExp(`^(?:https?://)?admin\\.shopify\\.com/store/(${handle})${rest}$`);
const shopUrl = new RegExp(`^(?:https?://)?(${handle}\\.myshopify\\.com)${rest}$`);

/** Longer than any address of a shop or its admin. */
const longestTyped = 2048;

/**
 * The `handle.myshopify.com` of what a user typed or pasted: a handle, or the address of the shop or of its admin, with or
 * without a scheme and a path. Every address that holds our secret is built from the result, so nothing else passes.
 * Throws `invalid_shop`.
 */
export function shopifyShop(typed: string): string {
  const printable = typed.length <= longestTyped && /^[\x20-\x7e]*$/.test(typed);
  const text = typed.trim().toLowerCase();
  const pasted = shopUrl.exec(text)?.[1] ?? adminUrl.exec(text)?.[1] ?? text;
  const shop = bare.test(pasted) ? `${pasted}.myshopify.com` : pasted;
  if (!printable || !domain.test(shop)) {
    throw new ConnectError("invalid_shop", "not a myshopify.com domain", { field: "shop" });
  }
  return shop;
}

/** Whether a text is such a domain, to the letter. */
export function isShopifyShop(text: string): boolean {
  return domain.test(text);
}
