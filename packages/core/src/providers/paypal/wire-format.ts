import { bodyWithState, defaultWireFormat, type WireFormat } from "../../wire-format.ts";

/** PayPal returns to `/connect`, which finishes at once and tells the page no more than that. */
export const paypalWireFormat: WireFormat = {
  ...defaultWireFormat,
  returnPath: "connect",
  mayReturnToPage: true,
  // In a connect session the callback finishes nothing.
  landingParams: ({ ticket, state }) => ({ code: ticket, state }),
  finishedParams: { paypal: "success" },
  failureParams: (code) => ({ paypal: "error", error: code }),
  body: bodyWithState,
  buildResponse: ({ id, email, details }) => ({ accountId: id, email, merchantId: details["merchantId"] }),
};
