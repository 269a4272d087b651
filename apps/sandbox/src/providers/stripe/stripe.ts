import type { Clock } from "../../clock.ts";
import {
  buildRedirectUris,
  type Switches,
  switchesSchema,
  buildWebhookUrl,
  type ProviderDeps,
} from "../../provider.ts";
import type { Grant } from "../../oauth/grant.ts";
import { createGrantStore, type GrantStore } from "../../oauth/grants.ts";
import { type Patchable, createPatchable } from "../../patch.ts";
import { createPeopleStore, type PeopleStore } from "../../people-store.ts";
import type { WebhookSender } from "../../webhooks/sender.ts";
import { type StripePerson, stripePeople, stripePerson } from "./people.ts";

/** The host of Stripe Connect. */
export const connectHost = "connect.stripe.com";

/** The host of Stripe's API. */
export const apiHost = "api.stripe.com";

/** Test or live mode. A client id belongs to one mode, and a key opens one mode. */
export interface Mode {
  readonly name: "test" | "live";
  /** The account of the platform itself. */
  readonly account: string;
  readonly clientId: string;
  readonly secretKey: string;
  /** The secret that signs the events of the mode's Connect endpoint. */
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

/** The modes of the platform, test mode first. */
export const modes: readonly Mode[] = [test, live];

/** Another platform, which no account is connected to. */
const foreign: Mode = {
  name: "test",
  account: "acct_1Foreign0sandbox",
  clientId: "ca_sandboxF0reignPlatform6tHw3PzJq",
  secretKey: "sk_test_foreign_2QyDs8FkWu5NgXb7",
  webhookSecret: "whsec_sandboxF0reignGr4Vt7KmBq2L",
};

/** Finds the mode of a secret key. Returns undefined for an unknown key. */
export const modeByKey = (key: string): Mode | undefined =>
  [...modes, foreign].find(({ secretKey }) => secretKey === key);

/** A key of the platform's test mode that may read no accounts. */
export const restrictedKey = "rk_test_sandbox_7ZcEo3HvTm9RaJp4";

/** Stripe's platform, accounts and stores, which its endpoints share. */
export interface StripeState {
  readonly clock: Clock;
  readonly webhookSender: WebhookSender;
  readonly grants: GrantStore;
  readonly people: PeopleStore<StripePerson>;
  readonly switches: Patchable<Switches>;
  readonly app: Readonly<Record<string, unknown>> & { readonly redirectUris: readonly string[] };
}

/** Creates Stripe's platform, accounts and stores. */
export function createStripeState(deps: ProviderDeps): StripeState {
  return {
    clock: deps.clock,
    webhookSender: deps.webhookSender,
    grants: createGrantStore(deps.clock),
    people: createPeopleStore({
      schema: stripePerson,
      seeds: Object.values(stripePeople),
      listAccountNames: ({ account }) => [account],
    }),
    switches: createPatchable(switchesSchema, { ...buildWebhookUrl(deps), ...deps.settings }),
    app: {
      clientId: test.clientId,
      clientSecret: test.secretKey,
      secretKey: test.secretKey,
      webhookSecret: test.webhookSecret,
      livemode: false,
      redirectUris: buildRedirectUris(deps, ["/api/v1/channels/stripe/callback", "/integrations"]),
      live: { clientId: live.clientId, secretKey: live.secretKey, webhookSecret: live.webhookSecret },
      restricted: { secretKey: restrictedKey },
      foreign: { clientId: foreign.clientId, secretKey: foreign.secretKey },
    },
  };
}

/** Finds the one connection of an account to the platform in a mode. */
export function findGrant({ grants, people }: StripeState, account: string, mode: Mode): Grant | undefined {
  const person = people.findByAccount(account);
  if (person === undefined) return undefined;
  return grants.listActive({ person: person.person, clientId: mode.clientId, realm: mode.name })[0];
}
