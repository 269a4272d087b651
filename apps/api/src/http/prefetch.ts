import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHandler } from "express";
import { sendEmpty, type RawHeaders } from "./respond.ts";

/** Whether a browser only loads ahead what its user may never open. */
export function isPrefetch({ headers }: IncomingMessage): boolean {
  return [headers["sec-purpose"], headers["purpose"]].some((purpose) => /prefetch|prerender/i.test(String(purpose)));
}

/**
 * Answers HEAD and prefetch, which must use nothing up: no state, no code, no claim. Gives whether it answered. A prefetch gets
 * no success, so that the browser asks again when its user really goes there.
 */
export function answerPrefetch(request: IncomingMessage, response: ServerResponse, head: RawHeaders = []): boolean {
  const isHead = request.method === "HEAD";
  if (!isHead && !isPrefetch(request)) return false;
  sendEmpty(response, isHead ? 204 : 503, head);
  return true;
}

/** The rule about HEAD and prefetch for a route of Express. */
export const rejectPrefetch: RequestHandler = (request, response, next) => {
  if (!answerPrefetch(request, response)) next();
};
