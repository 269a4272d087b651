import type { Face, World } from "../face.ts";
import { calendly } from "./calendly/face.ts";
import { paypal } from "./paypal/face.ts";
import { shopify } from "./shopify/face.ts";
import { stripe } from "./stripe/face.ts";
import { zoom } from "./zoom/face.ts";

/** Every provider that the sandbox plays. */
export const registry: Readonly<Record<string, (world: World) => Face | Promise<Face>>> = {
  calendly,
  paypal,
  shopify,
  stripe,
  zoom,
};
