import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { redirectUris, switchFields, type World } from "../../face.ts";
import { createGrants, type Grants } from "../../grants.ts";
import { type Patchable, patchable } from "../../patch.ts";
import { createPeople, type People } from "../../people.ts";
import { isShopOf, type ShopifyPerson, shopifyPeople, shopifyPerson } from "./people.ts";

export const shopHost = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;

const switches = z.strictObject({
  ...switchFields,
  /** Leave `host` out of the return to the app. */
  omitHost: z.boolean(),
});

/** Shopify's app, shops and memory, which its endpoints share. */
export interface Shopify {
  readonly clock: Clock;
  readonly grants: Grants;
  readonly people: People<ShopifyPerson>;
  readonly switches: Patchable<z.infer<typeof switches>>;
  readonly app: typeof credentials & { readonly appUrl: string; readonly redirectUris: readonly string[] };
  /** Which refresh token took the place of which, while the old one may still be tried again. */
  readonly rotations: Rotations;
}

type Rotations = Map<string, { readonly replacement: string; readonly until: number }>;

const credentials = {
  clientId: "sandbox-shopify",
  clientSecret: "shpss_sandbox_7c1e94b0d2f85a6e3b19",
};

export function createShopify(world: World): Shopify {
  return {
    clock: world.clock,
    grants: createGrants(world.clock),
    people: createPeople(shopifyPerson, shopifyPeople),
    switches: patchable(switches, { omitHost: false, ...world.settings }),
    app: {
      ...credentials,
      appUrl: world.origins[0] ?? "http://localhost:3000",
      redirectUris: redirectUris(world, ["/api/v1/channels/shopify/callback"]),
    },
    rotations: new Map(),
  };
}

export const ownerOf = ({ people }: Shopify, host: string): ShopifyPerson | undefined =>
  people.all().find((person) => isShopOf(person, host));
