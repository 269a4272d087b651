import { z } from "zod";
import { secret, usualFace, type Face } from "./face.ts";

export const shopify: Face = {
  ...usualFace,
  landing: ({ ticket, state, proof }) => ({ code: ticket, shop: proof["shop"] ?? "", state, verified: "true" }),
  body: z
    .object({ shop: z.string().max(255), code: secret, state: secret })
    .transform(({ shop, code, state }) => ({ ticket: code, state, echo: { shop } })),
  answer: ({ id, email, details }) => ({ storeId: id, shopName: details["shopName"], shop: details["shop"], email }),
  id: "storeId",
};
