import type { IncomingMessage } from "node:http";
import { ConnectError } from "@patchbay/core/errors";
import type { GetClientAddress } from "../http/client-address.ts";
import { addressKey } from "../http/limits.ts";
import { createRateLimiter } from "../http/rate-limiter.ts";
import { findServiceKey, type ServiceKey } from "./service-keys.ts";

const maxFailuresPerMinute = 60;

/** Tells who holds a service key, and limits how often they call. */
export interface ServiceKeyAuth {
  /**
   * Gives the key that a request holds, and counts the call. Throws `origin_refused` for a browser, `unauthenticated` and
   * `too_many_requests`.
   */
  authenticate(request: IncomingMessage): ServiceKey;
}

/** What service keys are judged by. */
export interface ServiceKeyAuthOptions {
  keys: readonly ServiceKey[];
  callsPerMinute: number;
  getClientAddress: GetClientAddress;
}

/**
 * Lets programs in that hold a service key, and no browser. Failures are limited for each address, calls for each key. A valid
 * key is let in whatever its address did: many programs may share one address, and behind a proxy all clients do.
 */
export function createServiceKeyAuth(options: ServiceKeyAuthOptions): ServiceKeyAuth {
  const { keys, callsPerMinute, getClientAddress } = options;
  const countCall = createRateLimiter(callsPerMinute);
  const countFailure = createRateLimiter(maxFailuresPerMinute);
  return {
    authenticate(request) {
      if (isBrowser(request)) throw new ConnectError("origin_refused", "service keys are not for browsers");
      const key = findServiceKey(keys, request.headers.authorization);
      if (key === undefined) {
        assertWithinLimit(countFailure(addressKey(getClientAddress(request))), "failed service keys");
        throw new ConnectError("unauthenticated", "no service key fits", { field: "authorization" });
      }
      assertWithinLimit(countCall(key.name), "calls of a service key");
      return key;
    },
  };
}

/** Every request of a page says where it comes from; `none` is an address that a user typed. */
function isBrowser({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || (headers["sec-fetch-site"] ?? "none") !== "none";
}

function assertWithinLimit(retryAfter: number | undefined, what: string): void {
  if (retryAfter !== undefined) throw new ConnectError("too_many_requests", `too many ${what}`, { retryAfter });
}
