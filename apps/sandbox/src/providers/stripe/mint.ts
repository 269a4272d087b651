import { splitScopes, type Wanted } from "../../face.ts";
import { alphanumeric } from "../../mint.ts";
import type { StripePerson } from "./people.ts";
import { type Mode, modes, type Stripe } from "./stripe.ts";
import { tokenSet } from "./token.ts";

const synthetic = (person: string): StripePerson => ({
  person,
  name: `Synthetic ${person}`,
  email: `${person}@load.example`,
  account: `acct_${alphanumeric(16)}`,
  business_name: `Synthetic ${person}`,
  country: "DE",
  default_currency: "eur",
});

/** Synthetic accounts, connected to the platform in test mode. */
export function mint(stripe: Stripe, { count, prefix, scope = "read_write" }: Wanted): object[] {
  const [mode] = modes;
  return mode === undefined
    ? []
    : stripe.people.add(count, prefix, synthetic).map((person) => connected(stripe, person, { mode, scope }));
}

function connected(stripe: Stripe, person: StripePerson, { mode, scope }: { mode: Mode; scope: string }) {
  const { clientId, name: realm } = mode;
  const { account, name, email } = person;
  const grant = stripe.grants.open({ person: person.person, clientId, realm, scopes: splitScopes(scope) });
  const set = tokenSet(stripe, { grant, account, mode });
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
