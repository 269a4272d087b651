import type { ProviderModule } from "../provider-module.ts";
import { stripeSettings } from "./settings.ts";
import { stripeSpec } from "./spec.ts";
import { stripeWireFormat } from "./wire-format.ts";

/** Stripe. */
export const stripe: ProviderModule = {
  spec: stripeSpec,
  settings: stripeSettings,
  wireFormat: stripeWireFormat,
};
