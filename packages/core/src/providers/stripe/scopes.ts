import type { ScopeRules } from "../../oauth/index.ts";

/** The scopes of Stripe Connect: a platform may ask for full access only. Left out, the scope would be `read_only`. */
export const stripeScopes: ScopeRules = {
  identity: [],
  usual: ["read_write"],
  separator: " ",
  words: {
    read_write:
      "Full access to your Stripe account: see everything in it, such as payments, balance and customers, and take payments, refund them and change settings",
  },
};
