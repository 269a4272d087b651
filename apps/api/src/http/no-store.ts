import type { RequestHandler } from "express";

/** Requests that only look, HEAD and prefetch, must not use anything up: a state, a code, a claim. */
export const rejectPrefetch: RequestHandler = (request, response, next) => {
  if (request.method === "HEAD") return void response.status(204).end();
  const purpose = `${request.get("sec-purpose") ?? ""} ${request.get("purpose") ?? ""}`;
  // An answer other than success makes the browser ask again when the user really goes there.
  if (/prefetch|prerender/i.test(purpose)) return void response.status(503).end();
  next();
};

export const noStoreHeaders = { "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" } as const;

/** Answers about a user are kept nowhere, and lead nowhere. */
export const setNoStore: RequestHandler = (_request, response, next) => {
  response.set(noStoreHeaders);
  next();
};
