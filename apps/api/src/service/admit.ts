import type { IncomingMessage } from "node:http";
import { ConnectError } from "@patchbay/core/errors";
import type { RequestHandler, Response } from "express";
import { clientAddress } from "../http/client-address.ts";
import { addressKey } from "../http/limits.ts";
import { findServiceKey, type ServiceKey } from "./keys.ts";
import { createWindow } from "../http/window.ts";

const failedTriesPerMinute = 60;

/** Who holds a service key, and how often they have called. */
export interface Admission {
  /** The key of a usual call, counted. Undefined: whatever else it is, the handler says what is wrong with it. */
  usual(request: IncomingMessage): ServiceKey | undefined;
  handler: RequestHandler;
}

/**
 * Lets programs in that hold a service key, and no browser. Failures are limited for each address, calls for each key. A
 * right key is let in whatever its address did: many programs, or a proxy and the whole world, may share one.
 */
export function createAdmission(keys: readonly ServiceKey[], callsPerMinute: number): Admission {
  const calls = createWindow(callsPerMinute);
  const failures = createWindow(failedTriesPerMinute);
  return {
    usual(request) {
      const key = isBrowser(request) ? undefined : findServiceKey(keys, request.headers.authorization);
      return key && calls(key.name) === undefined ? key : undefined;
    },
    handler: (request, response, next) => {
      if (isBrowser(request)) throw new ConnectError("origin_refused", "service keys are not for browsers");
      const key = findServiceKey(keys, request.headers.authorization);
      if (key === undefined) {
        refuseLate(failures(addressKey(clientAddress(request))), "failed service keys");
        throw new ConnectError("unauthenticated", "no service key fits", { field: "authorization" });
      }
      refuseLate(calls(key.name), "calls of a service key");
      response.locals[admitted] = key;
      next();
    },
  };
}

/** The key that this request was let in with. */
export function keyOf(response: Response): ServiceKey {
  return response.locals[admitted] as ServiceKey;
}

const admitted = "serviceKey";

/** Whatever a page sends says where it comes from; `none` is an address that a user typed. */
function isBrowser({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || (headers["sec-fetch-site"] ?? "none") !== "none";
}

function refuseLate(retryAfter: number | undefined, what: string): void {
  if (retryAfter !== undefined) throw new ConnectError("too_many_requests", `too many ${what}`, { retryAfter });
}
