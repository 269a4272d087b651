import type { IncomingMessage } from "node:http";

/** A browser that follows a link or asks for its own origin's data, or no browser. All else is for the guard to judge. */
export function isSameOrigin({ headers }: IncomingMessage, publicOrigin: string): boolean {
  const { origin } = headers;
  return (origin === undefined || origin === publicOrigin) && headers["sec-fetch-site"] !== "cross-site";
}

/** Whether a request only looks ahead, and must use nothing up. */
export function isPrefetch({ headers }: IncomingMessage): boolean {
  return headers["sec-purpose"] !== undefined || headers["purpose"] !== undefined;
}
