import { randomUUID } from "node:crypto";
import type { RequestHandler } from "express";
import type { Log } from "../log.ts";

/** One line a request: method, path without its query, status, milliseconds. Queries hold codes and states. */
export function createRequestLog(log: Log): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    const id = randomUUID();
    const path = request.path;
    response.set("X-Request-Id", id);
    response.locals["requestId"] = id;
    response.on("close", () => {
      const ms = Math.round(performance.now() - began);
      log.info({ id, method: request.method, path, status: response.statusCode, ms }, "request");
    });
    next();
  };
}
