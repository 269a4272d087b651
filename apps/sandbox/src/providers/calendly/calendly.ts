import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { createGrantStore, type GrantStore } from "../../oauth/grants.ts";
import { buildRedirectUris, switchFields, type ProviderDeps } from "../../provider.ts";
import { type Patchable, createPatchable } from "../../patch.ts";
import { createPeopleStore, type PeopleStore } from "../../people-store.ts";
import { type CalendlyPerson, calendlyPeople, calendlyPerson, buildUserUri } from "./people.ts";
import { createCalendlySubscriptions, type CalendlySubscriptionStore } from "./subscription-store.ts";

/** The host of Calendly's OAuth server. */
export const authHost = "auth.calendly.com";

/** The host of Calendly's API. */
export const apiHost = "api.calendly.com";

const calendlySwitches = z.strictObject({
  ...switchFields,
  /** Calendly issues 8 tokens per user and minute. Off by default, because tests connect often. */
  tokenRateLimit: z.boolean(),
  /** Only paying users have webhooks. */
  freePlan: z.boolean(),
  /** The issuer in the redirect (RFC 9207), such as `https://calendly.com`. Calendly names none yet. */
  iss: z.url().optional(),
  /** Whose expiry the introspection of a refresh token reports: its own, or that of the access token of its pair. */
  introspection: z.enum(["access_token", "refresh_token"]),
});

const defaultSwitches = { tokenRateLimit: false, freePlan: false, introspection: "refresh_token" };

/** Calendly's app, people and stores, which its endpoints share. */
export interface CalendlyState {
  readonly clock: Clock;
  readonly grants: GrantStore;
  readonly people: PeopleStore<CalendlyPerson>;
  readonly switches: Patchable<z.infer<typeof calendlySwitches>>;
  readonly subscriptions: CalendlySubscriptionStore;
  readonly app: typeof credentials & { readonly redirectUris: readonly string[]; readonly scopes: readonly string[] };
}

const credentials = {
  clientId: "sandbox-calendly",
  clientSecret: "cly_sec_W1qzP4mT8vXk3NfR7bYd2LsJ6hGc9EaU",
  /** The app's one webhook signing key, which Calendly shows when the app is registered. */
  webhookSecret: "cly_whk_sandbox_Vb3Kq9TzLw6Xn",
};

/** The scopes that the app's settings allow. Any other scope is refused. */
const appScopes = [
  "users:read",
  "availability:read",
  "availability:write",
  "event_types:read",
  "event_types:write",
  "organizations:read",
  "scheduled_events:read",
  "scheduled_events:write",
  "scheduling_links:write",
  "webhooks:read",
  "webhooks:write",
];

/** Creates Calendly's app, people and stores. */
export function createCalendlyState(deps: ProviderDeps): CalendlyState {
  return {
    clock: deps.clock,
    grants: createGrantStore(deps.clock),
    people: createPeopleStore({
      schema: calendlyPerson,
      seeds: Object.values(calendlyPeople),
      listAccountNames: (person) => [buildUserUri(person)],
    }),
    switches: createPatchable(calendlySwitches, { ...defaultSwitches, ...deps.settings }),
    subscriptions: createCalendlySubscriptions(deps.clock),
    app: {
      ...credentials,
      redirectUris: buildRedirectUris(deps, ["/api/v1/channels/calendly/callback"]),
      scopes: appScopes,
    },
  };
}
