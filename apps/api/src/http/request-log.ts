import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHandler } from "express";
import type { Log } from "../log.ts";

/** The header that tells the id of a request. */
export const idHeader = "X-Request-Id";

/** One line a request: method, path without its query, status, milliseconds. Queries hold codes and states. */
export function createRequestLog(log: Log): RequestHandler {
  return (request, response, next) => {
    const id = logRequest(log, request, response);
    response.locals["requestId"] = id;
    response.setHeader(idHeader, id);
    next();
  };
}

/** Gives the request an id, and logs it when it has been answered. */
export function logRequest(log: Log, request: IncomingMessage, response: ServerResponse): string {
  const id = randomUUID();
  if (!log.isLevelEnabled("info")) return id;
  const { method, url = "" } = request;
  const began = performance.now();
  response.on("close", () => {
    const ms = Math.round(performance.now() - began);
    log.info({ id, method, path: url.split("?", 1)[0], status: response.statusCode, ms }, "request");
  });
  return id;
}
