import type { OAuthClient } from "../../oauth/index.ts";

/** Where a browser meets PayPal, or PayPal's own sandbox. */
export function browserHost(client: OAuthClient): string {
  return client.mode === "live" ? "https://www.paypal.com" : "https://www.sandbox.paypal.com";
}

/** The API of PayPal, or of its own sandbox. */
export function apiHost(client: OAuthClient): string {
  return client.mode === "live" ? "https://api-m.paypal.com" : "https://api-m.sandbox.paypal.com";
}

/** Where a user ends what we were granted. */
export function buildManageUrl(client: OAuthClient): string {
  return `${browserHost(client)}/myaccount/settings`;
}
