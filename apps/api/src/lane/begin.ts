import type { Calls } from "../calls.ts";
import { beginByRedirect } from "../channels/begin.ts";
import { setHead, varyByOrigin, type Lane } from "./lane.ts";
import { isOwn, onlyLooks } from "./usual.ts";

const path = /^\/api\/v1\/channels\/([a-z]{1,32})\/auth(?:\?|$)/;

/** GET /api/v1/channels/<provider>/auth. */
export function createBeginLane(calls: Calls, publicOrigin: string): Lane {
  return (request, url) => {
    const provider = request.method === "GET" ? path.exec(url)?.[1] : undefined;
    if (provider === undefined || !isOwn(request, publicOrigin) || onlyLooks(request)) return undefined;
    return (response, head) => {
      setHead(response, [...head, ...varyByOrigin]);
      return beginByRedirect(calls, provider, { request, response, url });
    };
  };
}
