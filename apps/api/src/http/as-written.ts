import type { RequestHandler } from "express";

/**
 * For what parses an address anew, as a URL, as better-auth does: dots and backslashes make another path of it then, past
 * every rule for the path that Express reads. A path that would become another one is `otherwise`.
 */
export function onlyAsWritten({ origin }: URL, otherwise: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (URL.parse(origin + request.url)?.pathname === request.path) next();
    else void otherwise(request, response, next);
  };
}
