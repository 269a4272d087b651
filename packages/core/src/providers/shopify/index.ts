import type { ProviderModule } from "../provider-module.ts";
import { shopifySettings } from "./settings.ts";
import { shopifySpec } from "./spec.ts";
import { shopifyWireFormat } from "./wire-format.ts";

/** Shopify. */
export const shopify: ProviderModule = {
  spec: shopifySpec,
  settings: shopifySettings,
  wireFormat: shopifyWireFormat,
};
