import { bodyWithState, defaultWireFormat, type WireFormat } from "../../wire-format.ts";

/** Stripe's wire format: the state comes along, and the page itself may be the redirect URI. */
export const stripeWireFormat: WireFormat = {
  ...defaultWireFormat,
  mayReturnToPage: true,
  landingParams: ({ ticket, state }) => ({ code: ticket, state }),
  body: bodyWithState,
  buildResponse: ({ id, email, details, scopes }) => ({
    accountId: id,
    stripeAccountId: details["stripeAccountId"],
    accountType: details["accountType"] ?? null,
    scope: scopes.join(" "),
    email,
  }),
};
