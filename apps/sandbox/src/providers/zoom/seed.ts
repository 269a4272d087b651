import type { SeededGrant } from "../../control/schemas/reports.ts";
import { splitScopes, type SeedOptions } from "../../provider.ts";
import { randomDigits, randomToken } from "../../random.ts";
import type { ZoomPerson } from "./people.ts";
import { issueZoomTokens } from "./token.ts";
import type { ZoomState } from "./zoom.ts";

const createZoomPerson = (person: string): ZoomPerson => ({
  person,
  name: `Synthetic ${person}`,
  email: `${person}@load.example`,
  id: randomToken(16),
  account_id: randomToken(16),
  type: 1,
  pmi: Number(`1${randomDigits(9)}`),
  timezone: "UTC",
});

/** Creates synthetic users who have authorized the app, as if it had redeemed their codes. */
export function seedZoomGrants(zoom: ZoomState, { count, prefix, scope }: SeedOptions): SeededGrant[] {
  const { app, grants, people } = zoom;
  const scopes = scope === undefined ? app.scopes : splitScopes(scope);
  return people.addSynthetic(count, prefix, createZoomPerson).map(({ person, name, email, id, account_id }) => {
    const set = issueZoomTokens(zoom, grants.createGrant({ person, clientId: app.clientId, realm: "", scopes }));
    return {
      person,
      name,
      email,
      account: id,
      accountId: account_id,
      accessToken: set.access_token,
      refreshToken: set.refresh_token,
      expiresIn: set.expires_in,
      scope: set.scope,
    };
  });
}
