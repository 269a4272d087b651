import { bodyWithState, usualFace, type Face } from "./face.ts";

/** PayPal returns to `/connect`, which finishes at once and tells the page no more than that. */
export const paypal: Face = {
  ...usualFace,
  returnPath: "connect",
  mayReturnToPage: true,
  finished: { paypal: "success" },
  failed: (code) => ({ paypal: "error", error: code }),
  body: bodyWithState,
  answer: ({ id, email, details }) => ({ accountId: id, email, merchantId: details["merchantId"] }),
};
