import { ConnectError } from "@patchbay/core/errors";
import { text, type RequestHandler } from "express";

/**
 * A JSON body of bounded length, left as its text. For better-auth, which by itself reads a body of any length, and which
 * tells the console of one that does not parse.
 */
export const jsonText: RequestHandler[] = [
  text({ type: "application/json", limit: "64kb" }),
  (request, _response, next) => {
    const body: unknown = request.body;
    if (typeof body === "string" && !parses(body)) {
      throw new ConnectError("invalid_request", "the request does not parse", { field: "body" });
    }
    next();
  },
];

function parses(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}
