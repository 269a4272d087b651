import type { ProviderModule } from "../provider-module.ts";
import { paypalSettings } from "./settings.ts";
import { paypalSpec } from "./spec.ts";
import { paypalWireFormat } from "./wire-format.ts";

/** PayPal. */
export const paypal: ProviderModule = {
  spec: paypalSpec,
  settings: paypalSettings,
  wireFormat: paypalWireFormat,
};
