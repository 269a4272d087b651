import type { ProviderDeps, SimulatedProvider } from "../provider.ts";
import { createCalendlyProvider } from "./calendly/index.ts";
import { createPaypalProvider } from "./paypal/index.ts";
import { createShopifyProvider } from "./shopify/index.ts";
import { createStripeProvider } from "./stripe/index.ts";
import { createZoomProvider } from "./zoom/index.ts";

type CreateProvider = (deps: ProviderDeps) => SimulatedProvider | Promise<SimulatedProvider>;

/** Every provider that the sandbox plays over HTTP. */
export const registry: Readonly<Record<string, CreateProvider>> = {
  calendly: createCalendlyProvider,
  paypal: createPaypalProvider,
  shopify: createShopifyProvider,
  stripe: createStripeProvider,
  zoom: createZoomProvider,
};
