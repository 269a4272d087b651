import type { ProviderEntry } from "../../provider.ts";
import { stripePeople } from "./people.ts";

/** Stripe in the sandbox. */
export const stripe = {
  people: stripePeople,
  endpoints: {
    token: { host: "connect.stripe.com", path: "/oauth/token" },
    identity: { host: "api.stripe.com", path: "/v1/accounts" },
    revocation: { host: "connect.stripe.com", path: "/oauth/deauthorize" },
  },
  create: async (deps) => (await import("./provider.ts")).createStripeProvider(deps),
} as const satisfies ProviderEntry;
