import type { SeededGrant } from "../../control/schemas/reports.ts";
import { splitScopes, type SeedOptions } from "../../provider.ts";
import { randomAlphanumeric } from "../../random.ts";
import type { StripePerson } from "./people.ts";
import { type Mode, modes, type StripeState } from "./stripe.ts";
import { issueStripeTokens } from "./token.ts";

const createStripePerson = (person: string): StripePerson => ({
  person,
  name: `Synthetic ${person}`,
  email: `${person}@load.example`,
  account: `acct_${randomAlphanumeric(16)}`,
  business_name: `Synthetic ${person}`,
  country: "DE",
  default_currency: "eur",
});

/** Creates synthetic accounts that are connected to the platform in test mode. */
export function seedStripeGrants(
  stripe: StripeState,
  { count, prefix, scope = "read_write" }: SeedOptions,
): SeededGrant[] {
  const [mode] = modes;
  return mode === undefined
    ? []
    : stripe.people
        .addSynthetic(count, prefix, createStripePerson)
        .map((person) => connectPerson(stripe, person, { mode, scope }));
}

function connectPerson(stripe: StripeState, person: StripePerson, { mode, scope }: { mode: Mode; scope: string }) {
  const { clientId, name: realm } = mode;
  const { account, name, email } = person;
  const grant = stripe.grants.createGrant({ person: person.person, clientId, realm, scopes: splitScopes(scope) });
  const set = issueStripeTokens(stripe, { grant, account, mode });
  return {
    person: person.person,
    name,
    email,
    account,
    livemode: set.livemode,
    accessToken: set.access_token,
    refreshToken: set.refresh_token,
    expiresIn: null,
    scope: set.scope,
  };
}
