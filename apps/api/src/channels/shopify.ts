import { z } from "zod";
import { secret, defaultWireFormat, type WireFormat } from "./wire-format.ts";

/** Shopify's wire format: the shop comes along, and its id is a store's. */
export const shopify: WireFormat = {
  ...defaultWireFormat,
  landingParams: ({ ticket, state, proof }) => ({ code: ticket, shop: proof["shop"] ?? "", state, verified: "true" }),
  body: z
    .object({ shop: z.string().max(255), code: secret, state: secret })
    .transform(({ shop, code, state }) => ({ ticket: code, state, echo: { shop } })),
  buildResponse: ({ id, email, details }) => ({
    storeId: id,
    shopName: details["shopName"],
    shop: details["shop"],
    email,
  }),
  idField: "storeId",
};
