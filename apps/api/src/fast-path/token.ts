import type { IssuedCredential } from "@patchbay/core/credentials";
import type { Services } from "../services.ts";
import { connectionParams, tokenBody } from "../backend-api/connection-operations.ts";
import { maySee, requireRight, type ServiceKey } from "../backend-api/service-keys.ts";
import type { ServiceKeyAuth } from "../backend-api/service-key-auth.ts";
import { maxTokenRequestBytes, readJsonBody } from "../http/body.ts";
import { decode } from "../http/cookies.ts";
import { assertMethod } from "../http/refuse-method.ts";
import { sendJson } from "../http/respond.ts";
import type { FastRoute } from "./fast-path.ts";

const address = /^\/api\/v1\/connections\/([^/?]+)\/token\/?(?:\?|$)/;

/** POST /api/v1/connections/<id>/token: a credential that works, for a back end with a service key and for no browser. */
export function createTokenRoute(
  services: Pick<Services, "credentials" | "accessAudit">,
  auth: ServiceKeyAuth,
): FastRoute {
  return (request, url) => {
    const id = address.exec(url)?.[1];
    if (id === undefined) return undefined;
    return async (response, head) => {
      const key = auth.authenticate(request);
      assertMethod(request, response, ["POST"]);
      requireRight(key, "token");
      const body = await readJsonBody(request, maxTokenRequestBytes);
      const issueRequest = {
        ...connectionParams.parse({ id: decode(id) }),
        lease: tokenBody.parse(body)?.lease,
      };
      sendJson(response, 200, await issueAndAudit(services, key, issueRequest), head);
    };
  };
}

/** Issues a credential to the holder of a key, and records that in the audit. */
async function issueAndAudit(
  { credentials, accessAudit }: Pick<Services, "credentials" | "accessAudit">,
  key: ServiceKey,
  { id, lease }: { id: number; lease: string | undefined },
): Promise<IssuedCredential> {
  const issued = await credentials.issue(id, {
    application: key.application,
    isAllowed: (provider, isExclusive) => maySee(key, provider, isExclusive),
    lease,
  });
  accessAudit.record(`service:${key.name}`, id, issued.provider);
  return issued;
}
