import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { buildRedirectUris, switchesSchema, buildWebhookUrl, type ProviderDeps } from "../../provider.ts";
import { createGrantStore, type GrantStore } from "../../oauth/grants.ts";
import { type Patchable, createPatchable } from "../../patch.ts";
import { createPeopleStore, type PeopleStore } from "../../people-store.ts";
import { type AppTokenStore, createAppTokenStore } from "./app-tokens.ts";
import { createRoot } from "./authority.ts";
import { type Chains, createChains } from "./chains.ts";
import { type PaypalPerson, paypalPeople, paypalPerson } from "./people.ts";

/** The hosts of PayPal's pages in both environments. */
export const browserHost = /^www(\.sandbox)?\.paypal\.com$/;

/** The hosts of PayPal's API in both environments. */
export const apiHost = /^api(-m)?(\.sandbox)?\.paypal\.com$/;

/** The hosts that serve forged certificates. */
export const forgedHost = /(^|\.)evil\.example$/;

/** Returns the environment of a host. Apps, codes and tokens of one environment do not work in the other. */
export const getEnvironment = (host: string): "sandbox" | "live" => (host.includes(".sandbox.") ? "sandbox" : "live");

const paypalSwitches = z.strictObject({
  ...switchesSchema.shape,
  /** What a denial returns to the app: the error with the state, without it, or nothing. */
  denial: z.enum(["state", "no_state", "bare"]),
});

/** PayPal's switches. */
export type PaypalSwitches = z.infer<typeof paypalSwitches>;

/** PayPal's app, people and stores, which its endpoints share. */
export interface PaypalState {
  readonly clock: Clock;
  readonly grants: GrantStore;
  readonly people: PeopleStore<PaypalPerson>;
  readonly switches: Patchable<PaypalSwitches>;
  readonly appTokens: AppTokenStore;
  /** The certificates that sign events. */
  chains(): Promise<Chains>;
  readonly app: typeof credentials & {
    /** The root to trust in place of the public authorities. */
    readonly webhookRoots: string;
    readonly redirectUris: readonly string[];
    readonly scopes: readonly string[];
  };
}

const credentials = {
  environment: "sandbox",
  clientId: "sandbox-paypal",
  clientSecret: "EHs4uKq9ZtVb2mWcX7rPfL1nDj6yTg8aQo3iRk5e",
  /** The id of the app's webhook. Every signature covers it. */
  webhookId: "7SB39025PW441862M",
};

/** The scope that some attributes of a person need. */
export const attributesScope = "https://uri.paypal.com/services/paypalattributes";

/** Creates PayPal's app, people, stores and certificates. */
export async function createPaypalState(deps: ProviderDeps): Promise<PaypalState> {
  const now = deps.clock.now();
  const root = await createRoot("Sandbox Webhook Root", now);
  const grants = createGrantStore(deps.clock);
  const appTokens = createAppTokenStore(deps.clock);
  let chains: Promise<Chains> | undefined;
  return {
    clock: deps.clock,
    grants: { ...grants, clear: () => [grants, appTokens].forEach((memory) => memory.clear()) },
    appTokens,
    people: createPeopleStore({
      schema: paypalPerson,
      seeds: Object.values(paypalPeople),
      listAccountNames: ({ payer_id }) => [payer_id],
    }),
    switches: createPatchable(paypalSwitches, { denial: "state", ...buildWebhookUrl(deps), ...deps.settings }),
    chains: () => (chains ??= createChains(root, now)),
    app: {
      ...credentials,
      webhookRoots: root.certificate.toString("pem"),
      redirectUris: buildRedirectUris(deps, ["/api/v1/channels/paypal/connect", "/integrations"]),
      scopes: ["openid", "profile", "email", "address", attributesScope],
    },
  };
}

/** Whether this is the app's id in the environment of a host. */
export function isClient({ app }: PaypalState, id: string | null | undefined, host: string): boolean {
  return id === app.clientId && getEnvironment(host) === app.environment;
}
