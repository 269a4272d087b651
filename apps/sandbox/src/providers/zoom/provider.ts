import { createConsentRoutes } from "../../oauth/consent.ts";
import type { SimulatedProvider, ProviderDeps } from "../../provider.ts";
import { renderNoticePage } from "../../page/notice.ts";
import { type ProviderResponse, type ProviderRequest, htmlResponse } from "../../http/messages.ts";
import { createZoomConsent } from "./authorize.ts";
import { apiRefusal } from "./refusals.ts";
import { buildInstallLink, createInstallEndpoint, marketplaceHost } from "./install.ts";
import { seedZoomGrants } from "./seed.ts";
import { createZoomRevokeEndpoint, createZoomTokenEndpoint } from "./token.ts";
import { createUsersMeEndpoint } from "./api.ts";
import { removeZoomApp, buildZoomDeliveries } from "./webhooks.ts";
import { apiHost, createZoomState, oauthHost } from "./zoom.ts";

/** Creates the simulated Zoom, with a user-managed general app under its development credentials. */
export function createZoomProvider(deps: ProviderDeps): SimulatedProvider {
  const state = createZoomState(deps);
  const { app, ...rest } = state;
  const oauth = { method: "POST", host: oauthHost } as const;
  return {
    ...rest,
    app: { ...app },
    id: deps.id,
    title: "Zoom",
    webhooks: { buildDeliveries: (order) => buildZoomDeliveries(state, order) },
    removeApp: (person) => removeZoomApp(state, person),
    seedGrants: (wanted) => seedZoomGrants(state, wanted),
    routes: [
      ...createConsentRoutes(createZoomConsent(state)),
      { method: "GET", host: marketplaceHost, path: "/apps/:app", handle: createInstallEndpoint(state) },
      { ...oauth, path: "/oauth/token", counts: "tokens", handle: createZoomTokenEndpoint(state) },
      { ...oauth, path: "/oauth/revoke", counts: "revocations", handle: createZoomRevokeEndpoint(state) },
      { method: "GET", host: apiHost, path: "/v2/users/me", handle: createUsersMeEndpoint(state) },
    ],
    page: { path: buildInstallLink(app.clientId), title: "Add the app from the Marketplace" },
    notFound,
  };
}

function notFound(request: ProviderRequest): ProviderResponse {
  if (apiHost.test(request.host)) return apiRefusal(404, 2300, "This API endpoint is not recognized.").response;
  return htmlResponse(
    404,
    renderNoticePage({ title: "Zoom", heading: "Page not found (404)", text: "There is no such page." }),
  );
}
