import type { Clock } from "../../clock.ts";
import { redirectUris, type Switches, switchesSchema, webhookUrl, type World } from "../../face.ts";
import { createGrants, type Grant, type Grants } from "../../grants.ts";
import { type Patchable, patchable } from "../../patch.ts";
import { createPeople, type People } from "../../people.ts";
import type { Outbox } from "../../webhooks/outbox.ts";
import { type StripePerson, stripePeople, stripePerson } from "./people.ts";

export const connectHost = "connect.stripe.com";
export const apiHost = "api.stripe.com";

/** Test and live are two worlds: a client id belongs to one, a key opens one. */
export interface Mode {
  readonly name: "test" | "live";
  /** The account of the platform itself, whose key it is. */
  readonly account: string;
  readonly clientId: string;
  readonly secretKey: string;
  /** What signs the events of the mode's Connect endpoint. */
  readonly webhookSecret: string;
}

const account = "acct_1Platform0sandbox";
const test: Mode = {
  name: "test",
  account,
  clientId: "ca_sandboxT3stPatchbay8dKq2LmVx6Wz",
  secretKey: "sk_test_sandbox_4nVb8RzKx7LpYc2H",
  webhookSecret: "whsec_sandboxT3stKd7Lx2QpVn9RbWy5",
};
const live: Mode = {
  name: "live",
  account,
  clientId: "ca_sandboxL1vePatchbay5rNj9TcGy3Hs",
  secretKey: "sk_live_sandbox_9Jw6FtMq3UvBe9Ag",
  webhookSecret: "whsec_sandboxL1veHs4Mz8TgCx6JfNu3",
};

export const modes: readonly Mode[] = [test, live];

/** Another platform, to which nobody is connected. */
const foreign: Mode = {
  name: "test",
  account: "acct_1Foreign0sandbox",
  clientId: "ca_sandboxF0reignPlatform6tHw3PzJq",
  secretKey: "sk_test_foreign_2QyDs8FkWu5NgXb7",
  webhookSecret: "whsec_sandboxF0reignGr4Vt7KmBq2L",
};

/** Whose secret key this is. Undefined: nobody's. */
export const modeByKey = (key: string): Mode | undefined =>
  [...modes, foreign].find(({ secretKey }) => secretKey === key);

/** A key of the platform's test mode that may read no accounts. */
export const restrictedKey = "rk_test_sandbox_7ZcEo3HvTm9RaJp4";

/** Stripe's platform, accounts and memory, which its endpoints share. */
export interface Stripe {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly grants: Grants;
  readonly people: People<StripePerson>;
  readonly switches: Patchable<Switches>;
  readonly app: Readonly<Record<string, unknown>> & { readonly redirectUris: readonly string[] };
}

export function createStripe(world: World): Stripe {
  return {
    clock: world.clock,
    outbox: world.outbox,
    grants: createGrants(world.clock),
    people: createPeople({ schema: stripePerson, seeds: stripePeople, names: ({ account }) => [account] }),
    switches: patchable(switchesSchema, { ...webhookUrl(world), ...world.settings }),
    app: {
      clientId: test.clientId,
      clientSecret: test.secretKey,
      secretKey: test.secretKey,
      webhookSecret: test.webhookSecret,
      livemode: false,
      redirectUris: redirectUris(world, ["/api/v1/channels/stripe/callback", "/integrations"]),
      live: { clientId: live.clientId, secretKey: live.secretKey, webhookSecret: live.webhookSecret },
      restricted: { secretKey: restrictedKey },
      foreign: { clientId: foreign.clientId, secretKey: foreign.secretKey },
    },
  };
}

/** The one connection that there can be between the platform and an account in a mode. */
export function connection({ grants, people }: Stripe, account: string, mode: Mode): Grant | undefined {
  const person = people.named(account);
  if (person === undefined) return undefined;
  return grants.standing({ person: person.person, clientId: mode.clientId, realm: mode.name })[0];
}
