import type { SeededGrant } from "../../control/schemas/reports.ts";
import { splitScopes, type SeedOptions } from "../../provider.ts";
import { randomAlphanumeric, randomToken } from "../../random.ts";
import type { PaypalState } from "./paypal.ts";
import type { PaypalPerson } from "./people.ts";
import { issuePaypalTokens } from "./token.ts";

const createPaypalPerson = (person: string): PaypalPerson => ({
  person,
  name: `Synthetic ${person}`,
  email: `${person}@load.example`,
  payer_id: randomAlphanumeric(13).toUpperCase(),
  user_id: randomToken(32),
  verified: true,
  account_type: "BUSINESS",
  booleans_as_text: false,
  address: {},
});

/** Creates synthetic payers who have consented, as if the app had redeemed their codes. */
export function seedPaypalGrants(paypal: PaypalState, { count, prefix, scope }: SeedOptions): SeededGrant[] {
  const { app, grants, people } = paypal;
  const scopes = scope === undefined ? app.scopes : splitScopes(scope);
  return people.addSynthetic(count, prefix, createPaypalPerson).map(({ person, name, email, payer_id, user_id }) => {
    const grant = grants.createGrant({ person, clientId: app.clientId, realm: app.environment, scopes });
    const set = issuePaypalTokens(paypal, grant);
    return {
      person,
      name,
      email,
      account: payer_id ?? user_id,
      accessToken: set.access_token,
      refreshToken: set.refresh_token,
      expiresIn: Number(set.expires_in),
      scope: set.scope,
    };
  });
}
