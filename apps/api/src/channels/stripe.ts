import { bodyWithState, usualFace, type Face } from "./face.ts";

export const stripe: Face = {
  ...usualFace,
  mayReturnToPage: true,
  landing: ({ ticket, state }) => ({ code: ticket, state }),
  body: bodyWithState,
  answer: ({ id, email, details, scopes }) => ({
    accountId: id,
    stripeAccountId: details["stripeAccountId"],
    accountType: details["accountType"] ?? null,
    scope: scopes.join(" "),
    email,
  }),
};
