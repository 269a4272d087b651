import type { ProviderEntry } from "../../provider.ts";
import { zoomPeople } from "./people.ts";

/** Zoom in the sandbox. */
export const zoom = {
  people: zoomPeople,
  endpoints: {
    token: { host: "zoom.us", path: "/oauth/token" },
    identity: { host: "api.zoom.us", path: "/v2/users/me" },
    revocation: { host: "zoom.us", path: "/oauth/revoke" },
  },
  create: async (deps) => (await import("./provider.ts")).createZoomProvider(deps),
} as const satisfies ProviderEntry;
