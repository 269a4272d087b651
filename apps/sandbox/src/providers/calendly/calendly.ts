import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { createGrants, type Grants } from "../../grants.ts";
import { redirectUris, switchFields, type World } from "../../face.ts";
import { type Patchable, patchable } from "../../patch.ts";
import { createPeople, type People } from "../../people.ts";
import { type CalendlyPerson, calendlyPeople, calendlyPerson, userUri } from "./people.ts";
import { createSubscriptions, type Subscriptions } from "./subscriptions.ts";

export const authHost = "auth.calendly.com";
export const apiHost = "api.calendly.com";

const switches = z.strictObject({
  ...switchFields,
  /** Calendly gives out 8 tokens per user and minute; off, because tests connect often. */
  tokenRateLimit: z.boolean(),
  /** Webhooks are for paying users only. */
  freePlan: z.boolean(),
  /** The issuer that returns name (RFC 9207), such as `https://calendly.com`; Calendly names none yet. */
  iss: z.url().optional(),
  /** Whose life a refresh token's introspection tells of: its own, or that of the access token beside it. */
  introspection: z.enum(["access_token", "refresh_token"]),
});

const usual = { tokenRateLimit: false, freePlan: false, introspection: "refresh_token" };

/** Calendly's app, people and memory, which its endpoints share. */
export interface Calendly {
  readonly clock: Clock;
  readonly grants: Grants;
  readonly people: People<CalendlyPerson>;
  readonly switches: Patchable<z.infer<typeof switches>>;
  readonly subscriptions: Subscriptions;
  readonly app: typeof credentials & { readonly redirectUris: readonly string[]; readonly scopes: readonly string[] };
}

const credentials = {
  clientId: "sandbox-calendly",
  clientSecret: "cly_sec_W1qzP4mT8vXk3NfR7bYd2LsJ6hGc9EaU",
  /** The app's one webhook signing key, shown when it was registered. */
  webhookSecret: "cly_whk_sandbox_Vb3Kq9TzLw6Xn",
};

/** The scopes ticked in the app's settings; any other is refused. */
const appScopes = ["users:read", "event_types:read", "scheduled_events:read", "webhooks:read", "webhooks:write"];

export function createCalendly(world: World): Calendly {
  return {
    clock: world.clock,
    grants: createGrants(world.clock),
    people: createPeople({ schema: calendlyPerson, seeds: calendlyPeople, names: (person) => [userUri(person)] }),
    switches: patchable(switches, { ...usual, ...world.settings }),
    subscriptions: createSubscriptions(world.clock),
    app: {
      ...credentials,
      redirectUris: redirectUris(world, ["/api/v1/channels/calendly/callback"]),
      scopes: appScopes,
    },
  };
}
