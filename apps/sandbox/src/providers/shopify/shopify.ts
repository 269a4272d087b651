import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { redirectUris, switchesSchema, webhookUrl, type World } from "../../face.ts";
import { createGrants, type Grants } from "../../grants.ts";
import type { Token } from "../../tokens.ts";
import { type Patchable, patchable } from "../../patch.ts";
import { createPeople, type People } from "../../people.ts";
import { loopbackUrl } from "../../webhooks/loopback.ts";
import type { Outbox } from "../../webhooks/outbox.ts";
import { namesOf, type ShopifyPerson, shopifyPeople, shopifyPerson } from "./people.ts";
import { createSubscriptions, type Subscriptions } from "./subscriptions.ts";

export const shopHost = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;

export const latestVersion = "2026-10";

const switches = z.strictObject({
  ...switchesSchema.shape,
  /** Leave `host` out of the return to the app. */
  omitHost: z.boolean(),
  /** The app is one that a merchant made: its offline tokens have no expiry, whatever is asked, and are accepted. */
  nonExpiring: z.boolean(),
  /** What `appUninstall` answers instead of uninstalling. */
  uninstallError: z
    .enum(["APP_NOT_FOUND", "APP_NOT_INSTALLED", "APP_UNINSTALL_ERROR", "USER_PERMISSIONS_INSUFFICIENT"])
    .optional(),
  /** Where an installation that starts at Shopify leads, in place of the app's first origin. */
  appUrl: loopbackUrl.optional(),
});

/** Shopify's app, shops and memory, which its endpoints share. */
export interface Shopify {
  readonly clock: Clock;
  readonly grants: Grants;
  readonly people: People<ShopifyPerson>;
  readonly switches: Patchable<z.infer<typeof switches>>;
  readonly app: typeof credentials & { readonly appUrl: string; readonly redirectUris: readonly string[] };
  readonly subscriptions: Subscriptions;
  readonly outbox: Outbox;
  /** Which refresh token took the place of which, while the old one may still be tried again. */
  readonly rotations: {
    readonly replacements: WeakMap<Token, { readonly replacement: Token; readonly until: number }>;
    readonly predecessors: WeakMap<Token, Token>;
  };
}

const credentials = {
  clientId: "sandbox-shopify",
  clientSecret: "shpss_sandbox_7c1e94b0d2f85a6e3b19",
};

export function createShopify(world: World): Shopify {
  return {
    clock: world.clock,
    grants: createGrants(world.clock),
    people: createPeople({ schema: shopifyPerson, seeds: shopifyPeople, names: namesOf }),
    switches: patchable(switches, { omitHost: false, nonExpiring: false, ...webhookUrl(world), ...world.settings }),
    app: {
      ...credentials,
      appUrl: world.origins[0] ?? "http://localhost:3000",
      redirectUris: redirectUris(world, ["/api/v1/channels/shopify/callback"]),
    },
    subscriptions: createSubscriptions(world.clock),
    outbox: world.outbox,
    rotations: { replacements: new WeakMap(), predecessors: new WeakMap() },
  };
}

export const ownerOf = ({ people }: Shopify, host: string): ShopifyPerson | undefined => people.named(host);
