import { consentRoutes } from "../../consent.ts";
import type { Face, World } from "../../face.ts";
import type { Answer, Call } from "../../wire.ts";
import { authorizeScreens } from "./authorize.ts";
import { apiHost, browserHost, forgedHost, createPaypal } from "./paypal.ts";
import { mint } from "./mint.ts";
import { pageRefusal, restRefusal } from "./refusals.ts";
import { terminateEndpoint, tokenEndpoint } from "./token.ts";
import { legacyUserinfo, userinfo } from "./userinfo.ts";
import { verifyEndpoint } from "./verify.ts";
import { certificateEndpoint, remove, write } from "./webhooks.ts";

/** Log in with PayPal, in both of its environments; the built-in app is registered in the sandbox environment. */
export async function paypal(world: World): Promise<Face> {
  const memory = await createPaypal(world);
  const { app, appTokens: _appTokens, ...rest } = memory;
  const certificate = certificateEndpoint(memory);
  const post = { method: "POST", host: apiHost } as const;
  const get = { method: "GET", host: apiHost } as const;
  const token = tokenEndpoint(memory);
  return {
    ...rest,
    app: { ...app },
    id: world.id,
    title: "PayPal",
    hooks: { write: (order) => write(memory, order) },
    remove: (person) => remove(memory, person),
    mint: (wanted) => mint(memory, wanted),
    routes: [
      ...authorizeScreens(memory).flatMap(consentRoutes),
      { ...post, path: "/v1/oauth2/token", counts: "tokens", handle: token },
      { ...post, path: "/v1/identity/openidconnect/tokenservice", counts: "tokens", handle: token },
      { ...post, path: "/v1/oauth2/token/terminate", counts: "revocations", handle: terminateEndpoint(memory) },
      { ...post, path: "/v1/notifications/verify-webhook-signature", handle: verifyEndpoint(memory) },
      ...[get, post].flatMap((by) => [
        { ...by, path: "/v1/identity/oauth2/userinfo", handle: userinfo(memory) },
        { ...by, path: "/v1/identity/openidconnect/userinfo", handle: legacyUserinfo(memory) },
      ]),
      { ...get, path: "/v1/notifications/certs/:name", handle: certificate },
      { ...get, host: forgedHost, path: "/v1/notifications/certs/:name", handle: certificate },
      { ...get, path: "/v1/customer/certs/:name", handle: certificate },
    ],
    missing,
  };
}

function missing(call: Call): Answer {
  if (browserHost.test(call.host)) return pageRefusal(404).answer;
  return restRefusal(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.").answer;
}
