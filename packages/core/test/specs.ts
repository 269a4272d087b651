import { calendlySpec } from "../src/providers/calendly/spec.ts";
import { paypalSpec } from "../src/providers/paypal/spec.ts";
import { shopifySpec } from "../src/providers/shopify/spec.ts";
import { stripeSpec } from "../src/providers/stripe/spec.ts";
import { zoomSpec } from "../src/providers/zoom/spec.ts";

/** The providers whose answers the tests of the engine know. Another provider passes the contract, and needs no line here. */
export const specs = {
  calendly: calendlySpec,
  paypal: paypalSpec,
  shopify: shopifySpec,
  stripe: stripeSpec,
  zoom: zoomSpec,
};

export type ProviderId = keyof typeof specs;
