import type { ProviderEntry } from "../../provider.ts";
import { paypalPeople } from "./people.ts";

const apiHost = "api-m.sandbox.paypal.com";

/** PayPal in the sandbox. */
export const paypal = {
  people: paypalPeople,
  endpoints: {
    token: { host: apiHost, path: "/v1/oauth2/token" },
    identity: { host: apiHost, path: "/v1/identity/oauth2/userinfo" },
    revocation: { host: apiHost, path: "/v1/oauth2/token/terminate" },
  },
  create: async (deps) => (await import("./provider.ts")).createPaypalProvider(deps),
} as const satisfies ProviderEntry;
