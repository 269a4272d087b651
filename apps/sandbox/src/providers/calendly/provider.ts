import { createConsentRoutes } from "../../oauth/consent.ts";
import type { SimulatedProvider, ProviderDeps } from "../../provider.ts";
import type { ProviderResponse, ProviderRequest } from "../../http/messages.ts";
import { createCalendlyConsent } from "./authorize.ts";
import { apiHost, authHost, createCalendlyState } from "./calendly.ts";
import { seedCalendlyGrants } from "./seed.ts";
import { apiRefusal, pageRefusal } from "./refusals.ts";
import { createIntrospectEndpoint, createCalendlyRevokeEndpoint } from "./revoke.ts";
import { createEndpoint, deleteEndpoint, listEndpoint, readEndpoint } from "./subscriptions.ts";
import { createCalendlyTokenEndpoint } from "./token.ts";
import { createUsersMeEndpoint } from "./api.ts";
import { removeCalendlyApp, buildCalendlyDeliveries } from "./webhooks.ts";

/** Creates the simulated Calendly: an OAuth server like Doorkeeper, and an API that identifies everything by URI. */
export function createCalendlyProvider(deps: ProviderDeps): SimulatedProvider {
  const state = createCalendlyState(deps);
  const { app, ...rest } = state;
  const api = { host: apiHost, path: "/webhook_subscriptions" } as const;
  const one = { host: apiHost, path: "/webhook_subscriptions/:uuid" } as const;
  const at = { method: "POST", host: authHost } as const;
  return {
    ...rest,
    app: { ...app },
    id: deps.id,
    title: "Calendly",
    webhooks: { buildDeliveries: (order) => buildCalendlyDeliveries(state, order) },
    removeApp: (person) => removeCalendlyApp(state, person),
    seedGrants: (wanted) => seedCalendlyGrants(state, wanted),
    routes: [
      ...createConsentRoutes(createCalendlyConsent(state)),
      { ...at, path: "/oauth/token", counts: "tokens", handle: createCalendlyTokenEndpoint(state) },
      { ...at, path: "/oauth/revoke", counts: "revocations", handle: createCalendlyRevokeEndpoint(state) },
      { ...at, path: "/oauth/introspect", handle: createIntrospectEndpoint(state) },
      { method: "GET", host: apiHost, path: "/users/me", handle: createUsersMeEndpoint(state) },
      { ...api, method: "POST", handle: createEndpoint(state) },
      { ...api, method: "GET", handle: listEndpoint(state) },
      { ...one, method: "GET", handle: readEndpoint(state) },
      { ...one, method: "DELETE", handle: deleteEndpoint(state) },
    ],
    notFound,
  };
}

function notFound(request: ProviderRequest): ProviderResponse {
  if (request.host === authHost) return pageRefusal(404, "The page you were looking for doesn't exist.").response;
  return apiRefusal(404, "Resource Not Found", { message: "The server could not find the requested resource." })
    .response;
}
