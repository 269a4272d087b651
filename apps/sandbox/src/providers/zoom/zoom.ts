import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { buildRedirectUris, switchesSchema, buildWebhookUrl, type ProviderDeps } from "../../provider.ts";
import { createGrantStore, type GrantStore } from "../../oauth/grants.ts";
import { type Patchable, createPatchable } from "../../patch.ts";
import { createPeopleStore, type PeopleStore } from "../../people-store.ts";
import { type ZoomPerson, zoomPeople, zoomPerson } from "./people.ts";

/** The host of Zoom's OAuth server. */
export const oauthHost = "zoom.us";
/** The API is the same at the global host and at each region's host. */
export const apiHost = /^api(-(au|ca|eu|in|sa|sg|uk|us))?\.zoom\.us$/;

const zoomSwitches = z.strictObject({
  ...switchesSchema.shape,
  /** The user's region. The token response has the region's API host as `api_url`. */
  region: z.enum(["au", "ca", "eu", "in", "sa", "sg", "uk", "us"]).optional(),
  /** The scopes that the app's settings have, separated by spaces: users are asked for these. */
  appScopes: z.string().optional(),
  /** Where `app_deauthorized` has its time: in the payload, as text in the payload, beside the payload, or nowhere. */
  eventTs: z.enum(["payload", "payload_text", "top", "absent"]),
});

/** Zoom's app, people and stores, which its endpoints share. */
export interface ZoomState {
  readonly clock: Clock;
  readonly grants: GrantStore;
  readonly people: PeopleStore<ZoomPerson>;
  readonly switches: Patchable<z.infer<typeof zoomSwitches>>;
  readonly app: typeof credentials & { readonly redirectUris: readonly string[]; readonly scopes: readonly string[] };
}

const credentials = {
  clientId: "sandbox-zoom",
  clientSecret: "Zx7mQw2LrT9vKc4HnB6yPd1GsJ8fUa3E",
  /** The app's secret token, which signs its events. */
  webhookSecret: "zst_sandbox_Tq8NwLr5XbC2",
};

/** Creates Zoom's app, people and stores. */
export function createZoomState(deps: ProviderDeps): ZoomState {
  return {
    clock: deps.clock,
    grants: createGrantStore(deps.clock),
    people: createPeopleStore({
      schema: zoomPerson,
      seeds: Object.values(zoomPeople),
      listAccountNames: ({ id }) => [id],
    }),
    switches: createPatchable(zoomSwitches, { eventTs: "payload", ...buildWebhookUrl(deps), ...deps.settings }),
    app: {
      ...credentials,
      /** The allow list in strict mode: whole URLs, case-sensitive. */
      redirectUris: buildRedirectUris(deps, ["/api/v1/channels/zoom/callback"]),
      scopes: ["user:read:user"],
    },
  };
}
