import type { Services } from "../services.ts";
import { beginByRedirect } from "../channels/begin.ts";
import { setHead, varyByOrigin, type FastRoute } from "./fast-path.ts";
import { isSameOrigin, isPrefetch } from "./is-eligible.ts";

const path = /^\/api\/v1\/channels\/([a-z]{1,32})\/auth(?:\?|$)/;

/** GET /api/v1/channels/<provider>/auth. */
export function createBeginRoute(calls: Services, publicOrigin: string): FastRoute {
  return (request, url) => {
    const provider = request.method === "GET" ? path.exec(url)?.[1] : undefined;
    if (provider === undefined || !isSameOrigin(request, publicOrigin) || isPrefetch(request)) return undefined;
    return (response, head) => {
      setHead(response, [...head, ...varyByOrigin]);
      return beginByRedirect(calls, provider, { request, response, url });
    };
  };
}
