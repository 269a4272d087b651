import type { Route } from "../../face.ts";
import { redirect } from "../../wire.ts";
import { oauthHost, type Zoom } from "./zoom.ts";

const marketplace = "marketplace.zoom.us";

/** Where an installation begins that starts in the Marketplace. */
export const installLink = (clientId: string): string => `/${marketplace}/apps/${clientId}`;

/** `GET https://marketplace.zoom.us/apps/{app}`: on to the consent, which then returns a code without any state. */
export function installRoute({ app }: Zoom): Route {
  return {
    method: "GET",
    host: marketplace,
    path: "/apps/:app",
    handle: () => {
      const query = { client_id: app.clientId, response_type: "code", redirect_uri: app.redirectUris[0] ?? "" };
      return redirect(`/${oauthHost}/oauth/authorize?${new URLSearchParams(query).toString()}`);
    },
  };
}
