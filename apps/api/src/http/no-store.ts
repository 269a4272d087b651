import type { RequestHandler } from "express";

/** Headers of every answer of the API: no cache keeps it. */
export const noStoreHeaders = { "Cache-Control": "no-store" } as const;

/** Sets `no-store` on every answer of the API. */
export const setNoStore: RequestHandler = (_request, response, next) => {
  response.set(noStoreHeaders);
  next();
};
