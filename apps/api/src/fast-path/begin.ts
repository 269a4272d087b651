import { beginByRedirect, type BeginServices } from "../channels/begin.ts";
import { decode } from "../http/cookies.ts";
import type { OriginPolicy } from "../http/origin-policy.ts";
import { answerPrefetch } from "../http/prefetch.ts";
import { assertMethod } from "../http/refuse-method.ts";
import { setHeaders } from "../http/respond.ts";
import type { FastRoute } from "./fast-path.ts";

const address = /^\/api\/v1\/channels\/([^/?]+)\/auth\/?(?:\?|$)/;

/**
 * GET /api/v1/channels/<provider>/auth: sends the browser to the provider. Another site's link gets the page instead of JSON,
 * and a provider's signed request counts from anywhere: `beginByRedirect` judges both.
 */
export function createBeginRoute(services: BeginServices, originPolicy: OriginPolicy): FastRoute {
  return (request, url) => {
    const provider = address.exec(url)?.[1];
    if (provider === undefined) return undefined;
    return async (response, head) => {
      if (!originPolicy.admit(request, response, { head, judgesNavigation: true })) return;
      assertMethod(request, response, ["GET", "HEAD"]);
      if (answerPrefetch(request, response, head)) return;
      setHeaders(response, head);
      await beginByRedirect(services, decode(provider), { request, response, url });
    };
  };
}
