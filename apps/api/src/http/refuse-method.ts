import type { IncomingMessage, ServerResponse } from "node:http";
import { ConnectError } from "@patchbay/core/errors";
import type { RequestHandler } from "express";

/** Refuses a method that an address does not take, and names those that it takes (RFC 9110, 15.5.6). */
export function assertMethod(request: IncomingMessage, response: ServerResponse, allowed: readonly string[]): void {
  if (allowed.includes(request.method ?? "")) return;
  response.setHeader("Allow", allowed.join(", "));
  throw new ConnectError("method_not_allowed", `takes ${allowed.join(", ")} alone`);
}

/** The last handler of a route of Express: refuses every other method. */
export function refuseMethod(...allowed: string[]): RequestHandler {
  return (request, response) => assertMethod(request, response, allowed);
}
