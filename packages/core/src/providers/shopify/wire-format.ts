import { z } from "zod";
import { codeText, defaultWireFormat, type WireFormat } from "../../wire-format.ts";

/** Shopify's wire format: the shop comes along, and its id is a store's. */
export const shopifyWireFormat: WireFormat = {
  ...defaultWireFormat,
  landingParams: ({ ticket, state, proof }) => ({ code: ticket, shop: proof["shop"] ?? "", state, verified: "true" }),
  body: z
    .object({ shop: z.string().max(255), code: codeText, state: codeText })
    .transform(({ shop, code, state }) => ({ ticket: code, state, echo: { shop } })),
  buildResponse: ({ id, email, details }) => ({
    storeId: id,
    shopName: details["shopName"],
    shop: details["shop"],
    email,
  }),
  idField: "storeId",
};
