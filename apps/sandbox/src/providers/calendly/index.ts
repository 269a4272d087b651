import type { ProviderEntry } from "../../provider.ts";
import { calendlyPeople } from "./people.ts";

/** Calendly in the sandbox. */
export const calendly = {
  people: calendlyPeople,
  endpoints: {
    token: { host: "auth.calendly.com", path: "/oauth/token" },
    identity: { host: "api.calendly.com", path: "/users/me" },
    revocation: { host: "auth.calendly.com", path: "/oauth/revoke" },
  },
  create: async (deps) => (await import("./provider.ts")).createCalendlyProvider(deps),
} as const satisfies ProviderEntry;
