import { randomUUID } from "node:crypto";
import { splitScopes, type Wanted } from "../../face.ts";
import type { Calendly } from "./calendly.ts";
import type { CalendlyPerson } from "./people.ts";
import { tokenSet } from "./token.ts";

const synthetic = (person: string): CalendlyPerson => ({
  person,
  name: `Synthetic ${person}`,
  email: `${person}@load.example`,
  uuid: randomUUID(),
  organization: randomUUID(),
  slug: person,
  timezone: "Etc/UTC",
});

/** Synthetic users, as if each had authorized the app and it had redeemed the code. */
export function mint(calendly: Calendly, { count, prefix, scope }: Wanted): object[] {
  const { app, grants, people } = calendly;
  const scopes = scope === undefined ? app.scopes : splitScopes(scope);
  return people.add(count, prefix, synthetic).map(({ person, name, email }) => {
    const set = tokenSet(calendly, grants.open({ person, clientId: app.clientId, realm: "", scopes }));
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
