import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { ConnectError } from "@patchbay/core/errors";
import type { Log } from "../log.ts";
import { setHeaders, type RawHeaders } from "../http/respond.ts";
import { sendThrown } from "../http/failures.ts";
import { noStoreHeaders } from "../http/no-store.ts";
import { assertMethod } from "../http/refuse-method.ts";
import { idHeader, logRequest } from "../http/request-log.ts";
import { readTarget } from "../http/target.ts";

/** Answers a request. `head`: the headers of every answer, which the response does not have yet. */
export type FastHandler = (response: ServerResponse, head: RawHeaders) => Promise<void>;

/** Gives the handler of a request if its address is this route's; otherwise undefined. The handler has every rule of it. */
export type FastRoute = (request: IncomingMessage, url: string) => FastHandler | undefined;

/** What the fast path is made of. */
export interface FastPathDeps {
  routes: readonly FastRoute[];
  securityHeaders: Readonly<Record<string, string>>;
  log: Log;
  /** Express, which answers everything else. */
  app: RequestListener;
}

/**
 * Answers the requests that come all day in front of Express, which costs several times what they do (docs/bench.md). Express
 * has none of these routes, so that each rule of theirs stands in one place.
 */
export function createFastPath({ routes, securityHeaders, log, app }: FastPathDeps): RequestListener {
  const common = Object.entries({ ...securityHeaders, ...noStoreHeaders, Vary: "Origin" }).flat();
  return (request, response) => {
    const handle = findHandler(routes, request);
    if (handle === undefined) return app(request, response);
    const id = logRequest(log, request, response);
    const head = [...common, idHeader, id];
    handle(response, head).catch((thrown: unknown) => {
      if (response.headersSent) return void response.destroy();
      setHeaders(response, head);
      sendThrown(response, thrown, { log, id });
    });
  };
}

function findHandler(routes: readonly FastRoute[], request: IncomingMessage): FastHandler | undefined {
  const url = readTarget(request.url ?? "");
  if (url === undefined) return refuseTarget;
  request.url = url;
  // TRACE would send a request's own headers back (RFC 9110, 9.3.8). No route takes it.
  if (request.method === "TRACE") return async (response) => assertMethod(request, response, ["GET", "HEAD", "POST"]);
  for (const route of routes) {
    const handle = route(request, url);
    if (handle !== undefined) return handle;
  }
  return undefined;
}

const refuseTarget: FastHandler = async () => {
  throw new ConnectError("invalid_request", "the target is no path", { field: "target" });
};
