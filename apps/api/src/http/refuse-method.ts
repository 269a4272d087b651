import type { RequestHandler } from "express";
import { ConnectError } from "@patchbay/core/errors";
import { sendFailure } from "./failures.ts";

/** Refuses whatever method an address does not take (RFC 9110, 15.5.6). */
export function refuseMethod(allowed: string): RequestHandler {
  return (_request, response) => {
    response.set("Allow", allowed);
    sendFailure(response, new ConnectError("method_not_allowed", `takes ${allowed} alone`));
  };
}
