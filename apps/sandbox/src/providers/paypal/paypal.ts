import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { redirectUris, switchesSchema, webhookUrl, type World } from "../../face.ts";
import { createGrants, type Grants } from "../../grants.ts";
import { type Patchable, patchable } from "../../patch.ts";
import { createPeople, type People } from "../../people.ts";
import { type AppTokens, createAppTokens } from "./app-tokens.ts";
import { createRoot } from "./authority.ts";
import { type Chains, createChains } from "./chains.ts";
import { type PaypalPerson, paypalPeople, paypalPerson } from "./people.ts";

export const browserHost = /^www(\.sandbox)?\.paypal\.com$/;
export const apiHost = /^api(-m)?(\.sandbox)?\.paypal\.com$/;

/** Where forged certificates are found. */
export const forgedHost = /(^|\.)evil\.example$/;

/** Apps, codes and tokens of one environment mean nothing to the other. */
export const environmentOf = (host: string): "sandbox" | "live" => (host.includes(".sandbox.") ? "sandbox" : "live");

const paypalSwitches = z.strictObject({
  ...switchesSchema.shape,
  /** What a denial brings back to the app: the error with the state, without it, or nothing at all. */
  denial: z.enum(["state", "no_state", "bare"]),
});
export type PaypalSwitches = z.infer<typeof paypalSwitches>;

/** PayPal's app, people and memory, which its endpoints share. */
export interface Paypal {
  readonly clock: Clock;
  readonly grants: Grants;
  readonly people: People<PaypalPerson>;
  readonly switches: Patchable<PaypalSwitches>;
  readonly appTokens: AppTokens;
  /** The certificates with which events are signed. */
  chains(): Promise<Chains>;
  readonly app: typeof credentials & {
    /** What to trust in place of the public authorities. */
    readonly webhookRoots: string;
    readonly redirectUris: readonly string[];
    readonly scopes: readonly string[];
  };
}

const credentials = {
  environment: "sandbox",
  clientId: "sandbox-paypal",
  clientSecret: "EHs4uKq9ZtVb2mWcX7rPfL1nDj6yTg8aQo3iRk5e",
  /** The id of the app's webhook, which goes into every signature. */
  webhookId: "7SB39025PW441862M",
};

export const attributesScope = "https://uri.paypal.com/services/paypalattributes";

export async function createPaypal(world: World): Promise<Paypal> {
  const now = world.clock.now();
  const root = await createRoot("Sandbox Webhook Root", now);
  const grants = createGrants(world.clock);
  const appTokens = createAppTokens(world.clock);
  let chains: Promise<Chains> | undefined;
  return {
    clock: world.clock,
    grants: { ...grants, clear: () => [grants, appTokens].forEach((memory) => memory.clear()) },
    appTokens,
    people: createPeople({ schema: paypalPerson, seeds: paypalPeople, names: ({ payer_id }) => [payer_id] }),
    switches: patchable(paypalSwitches, { denial: "state", ...webhookUrl(world), ...world.settings }),
    chains: () => (chains ??= createChains(root, now)),
    app: {
      ...credentials,
      webhookRoots: root.certificate.toString("pem"),
      redirectUris: redirectUris(world, ["/api/v1/channels/paypal/connect", "/integrations"]),
      scopes: ["openid", "profile", "email", "address", attributesScope],
    },
  };
}

export function isClient({ app }: Paypal, id: string | null | undefined, host: string): boolean {
  return id === app.clientId && environmentOf(host) === app.environment;
}
