import { calendly } from "./calendly.ts";
import { defaultWireFormat, type WireFormat } from "./wire-format.ts";
import { paypal } from "./paypal.ts";
import { shopify } from "./shopify.ts";
import { stripe } from "./stripe.ts";
import { telegram } from "./telegram.ts";
import { zoom } from "./zoom.ts";

export type { WireFormat } from "./wire-format.ts";

const wireFormats: Record<string, WireFormat> = { calendly, paypal, shopify, stripe, zoom, telegram };

/** Those with paths of their own. */
export const wireFormatsWithRoutes = Object.values(wireFormats).filter((face) => face.routes !== undefined);

/** The wire face of a provider; the usual one for a provider without a face of its own. */
export function getWireFormat(provider: string): WireFormat {
  return Object.hasOwn(wireFormats, provider) ? (wireFormats[provider] ?? defaultWireFormat) : defaultWireFormat;
}
