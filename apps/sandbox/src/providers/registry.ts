import type { ProviderEntry } from "../provider.ts";
import { calendly } from "./calendly/index.ts";
import { paypal } from "./paypal/index.ts";
import { shopify } from "./shopify/index.ts";
import { stripe } from "./stripe/index.ts";
import { zoom } from "./zoom/index.ts";

/** Every provider that the sandbox plays over HTTP. */
export const registry = {
  calendly,
  paypal,
  shopify,
  stripe,
  zoom,
} as const satisfies Readonly<Record<string, ProviderEntry>>;
