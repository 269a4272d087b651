import type { Services } from "../services.ts";
import { sendJson } from "../http/respond.ts";
import type { ServiceKeyAuth } from "../backend-api/service-key-auth.ts";
import { issueAndAudit } from "../backend-api/router.ts";
import { declaredLength } from "./body.ts";
import { varyByOrigin, type FastRoute } from "./fast-path.ts";

// Up to 15 digits: a safe integer whatever they are.
const path = /^\/api\/v1\/connections\/([1-9]\d{0,14})\/token$/;

/** POST /api/v1/connections/<id>/token without a body, by a key that may call. */
export function createTokenRoute(calls: Services, admission: ServiceKeyAuth): FastRoute {
  return (request, url) => {
    const id = request.method === "POST" ? path.exec(url)?.[1] : undefined;
    if (id === undefined || declaredLength(request) !== 0) return undefined;
    const key = admission.authenticateFast(request);
    if (key === undefined) return undefined;
    return async (response, head) => {
      const handedOut = await issueAndAudit(calls, key, { id: Number(id), lease: undefined });
      sendJson(response, 200, handedOut, [...head, ...varyByOrigin]);
    };
  };
}
