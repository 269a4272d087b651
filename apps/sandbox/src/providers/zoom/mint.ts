import { splitScopes, type Wanted } from "../../face.ts";
import { digits, opaque } from "../../mint.ts";
import type { ZoomPerson } from "./people.ts";
import { tokenSet } from "./token.ts";
import type { Zoom } from "./zoom.ts";

const synthetic = (person: string): ZoomPerson => ({
  person,
  name: `Synthetic ${person}`,
  email: `${person}@load.example`,
  id: opaque(16),
  account_id: opaque(16),
  type: 1,
  pmi: Number(`1${digits(9)}`),
  timezone: "UTC",
});

/** Synthetic users, as if each had authorized the app and it had redeemed the code. */
export function mint(zoom: Zoom, { count, prefix, scope }: Wanted): object[] {
  const { app, grants, people } = zoom;
  const scopes = scope === undefined ? app.scopes : splitScopes(scope);
  return people.add(count, prefix, synthetic).map(({ person, name, email, id, account_id }) => {
    const set = tokenSet(zoom, grants.open({ person, clientId: app.clientId, realm: "", scopes }));
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
