import type { Calls } from "../calls.ts";
import { sendJson } from "../http/answer.ts";
import type { Admission } from "../service/admit.ts";
import { handOut } from "../service/router.ts";
import { declaredLength } from "./body.ts";
import { varyByOrigin, type Lane } from "./lane.ts";

// Up to 15 digits: a safe integer whatever they are.
const path = /^\/api\/v1\/connections\/([1-9]\d{0,14})\/token$/;

/** POST /api/v1/connections/<id>/token without a body, by a key that may call. */
export function createTokenLane(calls: Calls, admission: Admission): Lane {
  return (request, url) => {
    const id = request.method === "POST" ? path.exec(url)?.[1] : undefined;
    if (id === undefined || declaredLength(request) !== 0) return undefined;
    const key = admission.usual(request);
    if (key === undefined) return undefined;
    return async (response, head) => {
      const handedOut = await handOut(calls, key, { id: Number(id), lease: undefined });
      sendJson(response, 200, handedOut, [...head, ...varyByOrigin]);
    };
  };
}
