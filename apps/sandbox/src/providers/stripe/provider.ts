import { createConsentRoutes } from "../../oauth/consent.ts";
import type { SimulatedProvider, ProviderDeps } from "../../provider.ts";
import { renderNoticePage } from "../../page/notice.ts";
import { type ProviderResponse, type ProviderRequest, htmlResponse } from "../../http/messages.ts";
import { createAccountEndpoint } from "./accounts.ts";
import { createStripeConsent } from "./authorize.ts";
import { createDeauthorizeEndpoint } from "./deauthorize.ts";
import { seedStripeGrants } from "./seed.ts";
import { apiRefusal } from "./refusals.ts";
import { apiHost, connectHost, createStripeState } from "./stripe.ts";
import { createStripeTokenEndpoint } from "./token.ts";
import { removeStripeApp, buildStripeDeliveries } from "./webhooks.ts";

/** Creates the simulated Stripe Connect with OAuth for Standard accounts: one platform with a test and a live mode. */
export function createStripeProvider(deps: ProviderDeps): SimulatedProvider {
  const state = createStripeState(deps);
  const connect = { method: "POST", host: connectHost } as const;
  const account = createAccountEndpoint(state);
  return {
    ...state,
    id: deps.id,
    title: "Stripe",
    webhooks: { buildDeliveries: (order) => buildStripeDeliveries(state, order) },
    removeApp: (person) => removeStripeApp(state, person),
    seedGrants: (wanted) => seedStripeGrants(state, wanted),
    routes: [
      ...createConsentRoutes(createStripeConsent(state)),
      { ...connect, path: "/oauth/token", counts: "tokens", handle: createStripeTokenEndpoint(state) },
      { ...connect, path: "/oauth/deauthorize", counts: "revocations", handle: createDeauthorizeEndpoint(state) },
      { method: "GET", host: apiHost, path: "/v1/account", handle: account },
      { method: "GET", host: apiHost, path: "/v1/accounts/:account", handle: account },
    ],
    notFound,
  };
}

function notFound({ host, method, path }: ProviderRequest): ProviderResponse {
  if (host === connectHost)
    return htmlResponse(
      404,
      renderNoticePage({ title: "Stripe", heading: "Page not found", text: "There is no such page." }),
    );
  const message = `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`;
  return apiRefusal(404, { message }).response;
}
