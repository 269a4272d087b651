// The providers with OAuth: a line here makes one known. The page shows them in alphabetical order.
export { calendly } from "./calendly/index.ts";
export { paypal } from "./paypal/index.ts";
export { shopify } from "./shopify/index.ts";
export { stripe } from "./stripe/index.ts";
export { zoom } from "./zoom/index.ts";
