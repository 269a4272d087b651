import { calendly } from "./calendly.ts";
import { defaultWireFormat, type WireFormat } from "./wire-format.ts";
import { paypal } from "./paypal.ts";
import { shopify } from "./shopify.ts";
import { stripe } from "./stripe.ts";
import { telegram } from "./telegram.ts";
import { zoom } from "./zoom.ts";

export type { WireFormat } from "./wire-format.ts";

const wireFormats: Record<string, WireFormat> = { calendly, paypal, shopify, stripe, zoom, telegram };

/** The wire formats with paths of their own. */
export const wireFormatsWithRoutes = Object.values(wireFormats).filter((format) => format.addRoutes !== undefined);

/** Gives the wire format of a provider: its own, or the default one. */
export function getWireFormat(provider: string): WireFormat {
  return Object.hasOwn(wireFormats, provider) ? (wireFormats[provider] ?? defaultWireFormat) : defaultWireFormat;
}
