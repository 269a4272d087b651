import type { Clock } from "../../clock.ts";
import { redirectUris, type Switches, switchesSchema, type World } from "../../face.ts";
import { createGrants, type Grants } from "../../grants.ts";
import { type Patchable, patchable } from "../../patch.ts";
import { createPeople, type People } from "../../people.ts";
import { type PaypalPerson, paypalPeople, paypalPerson } from "./people.ts";

export const browserHost = /^www(\.sandbox)?\.paypal\.com$/;
export const apiHost = /^api(-m)?(\.sandbox)?\.paypal\.com$/;

/** Apps, codes and tokens of one environment mean nothing to the other. */
export const environmentOf = (host: string): "sandbox" | "live" => (host.includes(".sandbox.") ? "sandbox" : "live");

/** PayPal's app, people and memory, which its endpoints share. */
export interface Paypal {
  readonly clock: Clock;
  readonly grants: Grants;
  readonly people: People<PaypalPerson>;
  readonly switches: Patchable<Switches>;
  readonly app: typeof credentials & { readonly redirectUris: readonly string[]; readonly scopes: readonly string[] };
}

const credentials = {
  environment: "sandbox",
  clientId: "sandbox-paypal",
  clientSecret: "EHs4uKq9ZtVb2mWcX7rPfL1nDj6yTg8aQo3iRk5e",
};

export const attributesScope = "https://uri.paypal.com/services/paypalattributes";

export function createPaypal(world: World): Paypal {
  return {
    clock: world.clock,
    grants: createGrants(world.clock),
    people: createPeople(paypalPerson, paypalPeople),
    switches: patchable(switchesSchema, world.settings),
    app: {
      ...credentials,
      redirectUris: redirectUris(world, ["/api/v1/channels/paypal/connect", "/integrations"]),
      scopes: ["openid", "profile", "email", "address", attributesScope],
    },
  };
}

export function isClient({ app }: Paypal, id: string | null | undefined, host: string): boolean {
  return id === app.clientId && environmentOf(host) === app.environment;
}
