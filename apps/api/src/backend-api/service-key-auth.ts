import type { IncomingMessage } from "node:http";
import { ConnectError } from "@patchbay/core/errors";
import type { RequestHandler, Response } from "express";
import { clientAddress } from "../http/client-address.ts";
import { addressKey } from "../http/limits.ts";
import { findServiceKey, type ServiceKey } from "./service-keys.ts";
import { createRateLimiter } from "../http/rate-limiter.ts";

const failedTriesPerMinute = 60;

/** Who holds a service key, and how often they have called. */
export interface ServiceKeyAuth {
  /** The key of a usual call, counted. Undefined: whatever else it is, the handler says what is wrong with it. */
  authenticateFast(request: IncomingMessage): ServiceKey | undefined;
  authenticate: RequestHandler;
}

/**
 * Lets programs in that hold a service key, and no browser. Failures are limited for each address, calls for each key. A
 * right key is let in whatever its address did: many programs, or a proxy and the whole world, may share one.
 */
export function createServiceKeyAuth(keys: readonly ServiceKey[], callsPerMinute: number): ServiceKeyAuth {
  const calls = createRateLimiter(callsPerMinute);
  const failures = createRateLimiter(failedTriesPerMinute);
  return {
    authenticateFast(request) {
      const key = isBrowser(request) ? undefined : findServiceKey(keys, request.headers.authorization);
      return key && calls(key.name) === undefined ? key : undefined;
    },
    authenticate: (request, response, next) => {
      if (isBrowser(request)) throw new ConnectError("origin_refused", "service keys are not for browsers");
      const key = findServiceKey(keys, request.headers.authorization);
      if (key === undefined) {
        assertWithinLimit(failures(addressKey(clientAddress(request))), "failed service keys");
        throw new ConnectError("unauthenticated", "no service key fits", { field: "authorization" });
      }
      assertWithinLimit(calls(key.name), "calls of a service key");
      response.locals[admitted] = key;
      next();
    },
  };
}

/** The key that this request was let in with. */
export function serviceKeyOf(response: Response): ServiceKey {
  return response.locals[admitted] as ServiceKey;
}

const admitted = "serviceKey";

/** Whatever a page sends says where it comes from; `none` is an address that a user typed. */
function isBrowser({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || (headers["sec-fetch-site"] ?? "none") !== "none";
}

function assertWithinLimit(retryAfter: number | undefined, what: string): void {
  if (retryAfter !== undefined) throw new ConnectError("too_many_requests", `too many ${what}`, { retryAfter });
}
