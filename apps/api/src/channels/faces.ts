import { calendly } from "./calendly.ts";
import { usualFace, type Face } from "./face.ts";
import { paypal } from "./paypal.ts";
import { shopify } from "./shopify.ts";
import { stripe } from "./stripe.ts";
import { telegram } from "./telegram.ts";
import { zoom } from "./zoom.ts";

export type { Face } from "./face.ts";

const faces: Record<string, Face> = { calendly, paypal, shopify, stripe, zoom, telegram };

/** Those with paths of their own. */
export const facesWithRoutes = Object.values(faces).filter((face) => face.routes !== undefined);

/** The wire face of a provider; the usual one for a provider without a face of its own. */
export function faceOf(provider: string): Face {
  return Object.hasOwn(faces, provider) ? (faces[provider] ?? usualFace) : usualFace;
}
