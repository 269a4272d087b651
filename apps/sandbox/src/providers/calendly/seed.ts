import type { SeededGrant } from "../../control/schemas/reports.ts";
import { randomUUID } from "node:crypto";
import { splitScopes, type SeedOptions } from "../../provider.ts";
import type { CalendlyState } from "./calendly.ts";
import type { CalendlyPerson } from "./people.ts";
import { issueCalendlyTokens } from "./token.ts";

const createCalendlyPerson = (person: string): CalendlyPerson => ({
  person,
  name: `Synthetic ${person}`,
  email: `${person}@load.example`,
  uuid: randomUUID(),
  organization: randomUUID(),
  slug: person,
  timezone: "Etc/UTC",
});

/** Creates synthetic users who have authorized the app, as if it had redeemed their codes. */
export function seedCalendlyGrants(calendly: CalendlyState, { count, prefix, scope }: SeedOptions): SeededGrant[] {
  const { app, grants, people } = calendly;
  const scopes = scope === undefined ? app.scopes : splitScopes(scope);
  return people.addSynthetic(count, prefix, createCalendlyPerson).map(({ person, name, email }) => {
    const set = issueCalendlyTokens(
      calendly,
      grants.createGrant({ person, clientId: app.clientId, realm: "", scopes }),
    );
    return {
      person,
      name,
      email,
      account: set.owner,
      organization: set.organization,
      accessToken: set.access_token,
      refreshToken: set.refresh_token,
      expiresIn: set.expires_in,
      scope: set.scope,
    };
  });
}
