import { ConnectError } from "@patchbay/core/errors";
import type { Request, RequestHandler } from "express";
import { sendFailure } from "./failures.ts";

/**
 * Who may call: a browser from our own origin or an allowed one, and whatever is not a browser. A page of another site
 * cannot send JSON without asking first, and where it asks, it is told no (OWASP ASVS 10.2.1).
 */
export function createGuard(publicOrigin: string, allowedOrigins: readonly string[]): RequestHandler {
  const allowed = new Set([publicOrigin, ...allowedOrigins]);
  const shared = new Set(allowedOrigins);
  return (request, response, next) => {
    const origin = request.get("origin");
    response.vary("Origin");
    if (origin !== undefined && !allowed.has(origin)) return refuse();
    if (origin === undefined && request.get("sec-fetch-site") === "cross-site" && !opensAuth(request)) return refuse();
    if (origin !== undefined && shared.has(origin)) {
      response.set({ "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true" });
      if (request.method === "OPTIONS") return preflight();
    }
    if (hasBody(request.headers) && !request.is("application/json")) {
      return sendFailure(response, new ConnectError("invalid_request", "not JSON", { field: "content-type" }));
    }
    next();

    function refuse(): void {
      sendFailure(response, new ConnectError("origin_refused", "from another site"));
    }
    function preflight(): void {
      response.set({
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "content-type, authorization, trpc-accept",
        "Access-Control-Max-Age": "600",
      });
      response.status(204).end();
    }
  };
}

/** Begins are judged where they begin: a browser gets the page in place of JSON there, and a provider's signature counts. */
function opensAuth(request: Request): boolean {
  return request.method === "GET" && /^\/v1\/channels\/[^/]+\/auth$/.test(request.path);
}

export function hasBody(headers: {
  "transfer-encoding"?: string | undefined;
  "content-length"?: string | undefined;
}): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
