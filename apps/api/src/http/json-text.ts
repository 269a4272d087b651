import { ConnectError } from "@patchbay/core/errors";
import { text, type RequestHandler } from "express";

/**
 * A JSON body of bounded length, left as its text. For better-auth, which by itself reads a body of any length, tells the
 * console of one that does not parse, and hands a zero byte on to PostgreSQL, which takes none.
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
    JSON.parse(body, refuseZero);
    return true;
  } catch {
    return false;
  }
}

function refuseZero(key: string, value: unknown): unknown {
  if (key.includes("\0") || (typeof value === "string" && value.includes("\0"))) throw new SyntaxError("a zero byte");
  return value;
}
