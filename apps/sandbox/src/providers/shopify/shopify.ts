import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { buildRedirectUris, switchesSchema, buildWebhookUrl, type ProviderDeps } from "../../provider.ts";
import { createGrantStore, type GrantStore } from "../../oauth/grants.ts";
import type { Token } from "../../oauth/tokens.ts";
import { type Patchable, createPatchable } from "../../patch.ts";
import { createPeopleStore, type PeopleStore } from "../../people-store.ts";
import { loopbackUrl } from "../../webhooks/loopback.ts";
import type { WebhookSender } from "../../webhooks/sender.ts";
import { listShopHosts, type ShopifyPerson, shopifyPeople, shopifyPerson } from "./people.ts";
import { createShopifySubscriptions, type ShopifySubscriptionStore } from "./subscriptions.ts";

/** The host of a shop. */
export const shopHost = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;

/** The latest version of the Admin API. */
export const latestVersion = "2026-10";

const shopifySwitches = z.strictObject({
  ...switchesSchema.shape,
  /** Leaves `host` out of the redirect to the app. */
  omitHost: z.boolean(),
  /** The app was made by a merchant: its offline tokens never expire, and are accepted. */
  nonExpiring: z.boolean(),
  /** The error that `appUninstall` returns instead of uninstalling. */
  uninstallError: z
    .enum(["APP_NOT_FOUND", "APP_NOT_INSTALLED", "APP_UNINSTALL_ERROR", "USER_PERMISSIONS_INSUFFICIENT"])
    .optional(),
  /** Where an installation that starts at Shopify leads, in place of the app's first origin. */
  appUrl: loopbackUrl.optional(),
});

/** Shopify's app, shops and stores, which its endpoints share. */
export interface ShopifyState {
  readonly clock: Clock;
  readonly grants: GrantStore;
  readonly people: PeopleStore<ShopifyPerson>;
  readonly switches: Patchable<z.infer<typeof shopifySwitches>>;
  readonly app: typeof credentials & { readonly appUrl: string; readonly redirectUris: readonly string[] };
  readonly subscriptions: ShopifySubscriptionStore;
  readonly webhookSender: WebhookSender;
  /** The refresh tokens that replaced others, while the old ones may still be sent again. */
  readonly rotations: {
    readonly replacements: WeakMap<Token, { readonly replacement: Token; readonly until: number }>;
    readonly predecessors: WeakMap<Token, Token>;
  };
}

const credentials = {
  clientId: "sandbox-shopify",
  clientSecret: "shpss_sandbox_7c1e94b0d2f85a6e3b19",
};

/** Creates Shopify's app, shops and stores. */
export function createShopifyState(deps: ProviderDeps): ShopifyState {
  return {
    clock: deps.clock,
    grants: createGrantStore(deps.clock),
    people: createPeopleStore({
      schema: shopifyPerson,
      seeds: Object.values(shopifyPeople),
      listAccountNames: listShopHosts,
    }),
    switches: createPatchable(shopifySwitches, {
      omitHost: false,
      nonExpiring: false,
      ...buildWebhookUrl(deps),
      ...deps.settings,
    }),
    app: {
      ...credentials,
      appUrl: deps.origins[0] ?? "http://localhost:3000",
      redirectUris: buildRedirectUris(deps, ["/api/v1/channels/shopify/callback"]),
    },
    subscriptions: createShopifySubscriptions(deps.clock),
    webhookSender: deps.webhookSender,
    rotations: { replacements: new WeakMap(), predecessors: new WeakMap() },
  };
}

/** Finds the owner of the shop with this host. */
export const findOwner = ({ people }: ShopifyState, host: string): ShopifyPerson | undefined =>
  people.findByAccount(host);
