import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { createGrants, type Grants } from "../../grants.ts";
import { redirectUris, switchFields, type World } from "../../face.ts";
import { type Patchable, patchable } from "../../patch.ts";
import { createPeople, type People } from "../../people.ts";
import { type CalendlyPerson, calendlyPeople, calendlyPerson } from "./people.ts";

export const authHost = "auth.calendly.com";
export const apiHost = "api.calendly.com";

const switches = z.strictObject({
  ...switchFields,
  /** Calendly gives out 8 tokens per user and minute; off, because tests connect often. */
  tokenRateLimit: z.boolean(),
});

/** Calendly's app, people and memory, which its endpoints share. */
export interface Calendly {
  readonly clock: Clock;
  readonly grants: Grants;
  readonly people: People<CalendlyPerson>;
  readonly switches: Patchable<z.infer<typeof switches>>;
  readonly app: typeof credentials & { readonly redirectUris: readonly string[]; readonly scopes: readonly string[] };
}

const credentials = {
  clientId: "sandbox-calendly",
  clientSecret: "cly_sec_W1qzP4mT8vXk3NfR7bYd2LsJ6hGc9EaU",
};

/** The scopes ticked in the app's settings; any other is refused. */
const appScopes = ["users:read", "event_types:read", "scheduled_events:read", "webhooks:read", "webhooks:write"];

export function createCalendly(world: World): Calendly {
  return {
    clock: world.clock,
    grants: createGrants(world.clock),
    people: createPeople(calendlyPerson, calendlyPeople),
    switches: patchable(switches, { tokenRateLimit: false, ...world.settings }),
    app: {
      ...credentials,
      redirectUris: redirectUris(world, ["/api/v1/channels/calendly/callback"]),
      scopes: appScopes,
    },
  };
}
