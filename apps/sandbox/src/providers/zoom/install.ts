import { type ProviderResponse, redirectResponse } from "../../http/messages.ts";
import { oauthHost, type ZoomState } from "./zoom.ts";

/** The host of Zoom's app directory. */
export const marketplaceHost = "marketplace.zoom.us";

/** Builds the link that starts an installation in the Marketplace. */
export const buildInstallLink = (clientId: string): string => `/${marketplaceHost}/apps/${clientId}`;

/** `GET https://marketplace.zoom.us/apps/{app}`: leads to the consent, which then returns a code without a state. */
export function createInstallEndpoint({ app }: ZoomState): () => ProviderResponse {
  return () => {
    const query = { client_id: app.clientId, response_type: "code", redirect_uri: app.redirectUris[0] ?? "" };
    return redirectResponse(`/${oauthHost}/oauth/authorize?${new URLSearchParams(query).toString()}`);
  };
}
