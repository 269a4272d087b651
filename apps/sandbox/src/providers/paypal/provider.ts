import { createConsentRoutes } from "../../oauth/consent.ts";
import type { SimulatedProvider, ProviderDeps } from "../../provider.ts";
import type { ProviderResponse, ProviderRequest } from "../../http/messages.ts";
import { createPaypalConsents } from "./authorize.ts";
import { apiHost, browserHost, forgedHost, createPaypalState } from "./paypal.ts";
import { seedPaypalGrants } from "./seed.ts";
import { pageRefusal, restRefusal } from "./refusals.ts";
import { createTerminateEndpoint, createPaypalTokenEndpoint } from "./token.ts";
import { legacyUserinfo, userinfo } from "./userinfo.ts";
import { verifyEndpoint } from "./verify.ts";
import { certificateEndpoint, removePaypalApp, buildPaypalDeliveries } from "./webhooks.ts";

/** Creates the simulated Log in with PayPal, in both environments. The built-in app is registered in the sandbox environment. */
export async function createPaypalProvider(deps: ProviderDeps): Promise<SimulatedProvider> {
  const state = await createPaypalState(deps);
  const { app, appTokens: _appTokens, ...rest } = state;
  const certificate = certificateEndpoint(state);
  const post = { method: "POST", host: apiHost } as const;
  const get = { method: "GET", host: apiHost } as const;
  const token = createPaypalTokenEndpoint(state);
  return {
    ...rest,
    app: { ...app },
    id: deps.id,
    title: "PayPal",
    webhooks: { buildDeliveries: (order) => buildPaypalDeliveries(state, order) },
    removeApp: (person) => removePaypalApp(state, person),
    seedGrants: (wanted) => seedPaypalGrants(state, wanted),
    routes: [
      ...createPaypalConsents(state).flatMap(createConsentRoutes),
      { ...post, path: "/v1/oauth2/token", counts: "tokens", handle: token },
      { ...post, path: "/v1/identity/openidconnect/tokenservice", counts: "tokens", handle: token },
      { ...post, path: "/v1/oauth2/token/terminate", counts: "revocations", handle: createTerminateEndpoint(state) },
      { ...post, path: "/v1/notifications/verify-webhook-signature", handle: verifyEndpoint(state) },
      ...[get, post].flatMap((by) => [
        { ...by, path: "/v1/identity/oauth2/userinfo", handle: userinfo(state) },
        { ...by, path: "/v1/identity/openidconnect/userinfo", handle: legacyUserinfo(state) },
      ]),
      { ...get, path: "/v1/notifications/certs/:name", handle: certificate },
      { ...get, host: forgedHost, path: "/v1/notifications/certs/:name", handle: certificate },
      { ...get, path: "/v1/customer/certs/:name", handle: certificate },
    ],
    notFound,
  };
}

function notFound(request: ProviderRequest): ProviderResponse {
  if (browserHost.test(request.host)) return pageRefusal(404).response;
  return restRefusal(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.").response;
}
