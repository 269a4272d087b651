import { Router, type RequestHandler, type Response } from "express";
import type { Services } from "../services.ts";
import { refuseMethod } from "../http/refuse-method.ts";
import { sendJson } from "../http/respond.ts";
import type { Operation } from "./operation.ts";
import { readCall } from "./read-call.ts";
import type { ServiceKeyAuth } from "./service-key-auth.ts";
import { requireRight, type ServiceKey } from "./service-keys.ts";

/**
 * The operations of /api/v1 for a product's back end. The token request stands in the fast path. All refuse browsers, so that
 * the policy about origins has no part in them.
 */
export function createBackendApi(services: Services, auth: ServiceKeyAuth, operations: readonly Operation[]): Router {
  const router = Router({ caseSensitive: true });
  const authenticate: RequestHandler = (request, response, next) => {
    response.locals["serviceKey"] = auth.authenticate(request);
    next();
  };
  for (const [path, methods] of Map.groupBy(operations, ({ path }) => path)) {
    const handled = methods.filter((operation) => operation.handle !== undefined);
    if (handled.length === 0) continue;
    // OpenAPI writes {id}, and Express writes :id.
    const route = router.route(path.replaceAll(/\{(\w+)\}/g, ":$1")).all(authenticate);
    const allowed: string[] = [];
    for (const operation of handled) {
      const method = operation.method.toLowerCase() as Lowercase<Operation["method"]>;
      route[method](createHandler(operation, services));
      allowed.push(...(operation.method === "GET" ? ["GET", "HEAD"] : [operation.method]));
    }
    route.all(refuseMethod(...allowed));
  }
  return router;
}

/** Answers an operation: judges the right of the key, then what was sent. */
function createHandler(operation: Operation, services: Services): RequestHandler {
  return async (request, response) => {
    const key = getServiceKey(response);
    requireRight(key, operation.right);
    const input = await readCall(operation, request, { path: request.params, url: request.originalUrl });
    sendJson(response, operation.status ?? 200, await operation.handle?.({ key, ...input }, services));
  };
}

function getServiceKey(response: Response): ServiceKey {
  return response.locals["serviceKey"] as ServiceKey;
}
