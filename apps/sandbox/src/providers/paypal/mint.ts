import { splitScopes, type Wanted } from "../../face.ts";
import { alphanumeric, opaque } from "../../mint.ts";
import type { Paypal } from "./paypal.ts";
import type { PaypalPerson } from "./people.ts";
import { firstSet } from "./token.ts";

const synthetic = (person: string): PaypalPerson => ({
  person,
  name: `Synthetic ${person}`,
  email: `${person}@load.example`,
  payer_id: alphanumeric(13).toUpperCase(),
  user_id: opaque(32),
  verified: true,
  account_type: "BUSINESS",
  booleans_as_text: false,
  address: {},
});

/** Synthetic payers, as if each had consented and the app had redeemed the code. */
export function mint(paypal: Paypal, { count, prefix, scope }: Wanted): object[] {
  const { app, grants, people } = paypal;
  const scopes = scope === undefined ? app.scopes : splitScopes(scope);
  return people.add(count, prefix, synthetic).map(({ person, name, email, payer_id }) => {
    const grant = grants.open({ person, clientId: app.clientId, realm: app.environment, scopes });
    const set = firstSet(paypal, grant);
    return {
      person,
      name,
      email,
      account: payer_id,
      accessToken: set.access_token,
      refreshToken: set.refresh_token,
      expiresIn: Number(set.expires_in),
      scope: set.scope,
    };
  });
}
