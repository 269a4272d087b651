import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { redirectUris, switchesSchema, webhookUrl, type World } from "../../face.ts";
import { createGrants, type Grants } from "../../grants.ts";
import { type Patchable, patchable } from "../../patch.ts";
import { createPeople, type People } from "../../people.ts";
import { type ZoomPerson, zoomPeople, zoomPerson } from "./people.ts";

export const oauthHost = "zoom.us";
/** The API is the same at the global host and at each region's own. */
export const apiHost = /^api(-(au|ca|eu|in|sa|sg|uk|us))?\.zoom\.us$/;

const zoomSwitches = z.strictObject({
  ...switchesSchema.shape,
  /** The user's region, whose API host comes with the tokens as `api_url`. */
  region: z.enum(["au", "ca", "eu", "in", "sa", "sg", "uk", "us"]).optional(),
  /** Where `app_deauthorized` tells its moment: in its payload, as text there, beside the payload, or nowhere. */
  eventTs: z.enum(["payload", "payload_text", "top", "absent"]),
});

/** Zoom's app, people and memory, which its endpoints share. */
export interface Zoom {
  readonly clock: Clock;
  readonly grants: Grants;
  readonly people: People<ZoomPerson>;
  readonly switches: Patchable<z.infer<typeof zoomSwitches>>;
  readonly app: typeof credentials & { readonly redirectUris: readonly string[]; readonly scopes: readonly string[] };
}

const credentials = {
  clientId: "sandbox-zoom",
  clientSecret: "Zx7mQw2LrT9vKc4HnB6yPd1GsJ8fUa3E",
  /** The app's secret token, which signs its events. */
  webhookSecret: "zst_sandbox_Tq8NwLr5XbC2",
};

export function createZoom(world: World): Zoom {
  return {
    clock: world.clock,
    grants: createGrants(world.clock),
    people: createPeople({ schema: zoomPerson, seeds: zoomPeople, names: ({ id }) => [id] }),
    switches: patchable(zoomSwitches, { eventTs: "payload", ...webhookUrl(world), ...world.settings }),
    app: {
      ...credentials,
      /** The allow list, in strict mode: whole URLs, case-sensitive. */
      redirectUris: redirectUris(world, ["/api/v1/channels/zoom/callback"]),
      scopes: ["user:read:user"],
    },
  };
}
