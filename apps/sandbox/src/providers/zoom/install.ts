import type { ProviderRoute } from "../../provider.ts";
import { redirectResponse } from "../../http/messages.ts";
import { oauthHost, type ZoomState } from "./zoom.ts";

const marketplace = "marketplace.zoom.us";

/** Builds the link that starts an installation in the Marketplace. */
export const buildInstallLink = (clientId: string): string => `/${marketplace}/apps/${clientId}`;

/** `GET https://marketplace.zoom.us/apps/{app}`: leads to the consent, which then returns a code without a state. */
export function createInstallRoute({ app }: ZoomState): ProviderRoute {
  return {
    method: "GET",
    host: marketplace,
    path: "/apps/:app",
    handle: () => {
      const query = { client_id: app.clientId, response_type: "code", redirect_uri: app.redirectUris[0] ?? "" };
      return redirectResponse(`/${oauthHost}/oauth/authorize?${new URLSearchParams(query).toString()}`);
    },
  };
}
