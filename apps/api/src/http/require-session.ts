import type { IncomingMessage } from "node:http";
import type { Caller } from "@patchbay/core/connect";
import type { NextFunction, Response } from "express";
import type { Sessions } from "./session.ts";

/** Puts the caller of a request into its context. Throws `unauthenticated` without a well signed session. */
export function requireSession(sessions: Sessions) {
  return (request: IncomingMessage, response: Response, next: NextFunction): void => {
    response.locals["caller"] = sessions.require(request);
    next();
  };
}

/** Gives the caller that `requireSession` has put into the context. */
export function getCaller(response: Response): Caller {
  return response.locals["caller"] as Caller;
}
