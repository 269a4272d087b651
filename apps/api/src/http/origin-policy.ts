import type { IncomingMessage, ServerResponse } from "node:http";
import { ConnectError } from "@patchbay/core/errors";
import { assertJsonBody } from "./body.ts";
import { sendEmpty, type RawHeaders } from "./respond.ts";

/** What `admit` may know besides the request. */
export interface AdmitOptions {
  /** Headers that the response does not have yet. */
  head?: RawHeaders;
  /** The route judges by itself what another site's link or form leads to. */
  judgesNavigation?: boolean;
}

/**
 * Who may call: a browser from our own origin or an allowed one, and every client that is no browser. A page of another site
 * cannot send JSON unless it asks first, and a page that asks is refused (OWASP ASVS 10.2.1).
 */
export interface OriginPolicy {
  /**
   * Lets a request through, with the headers that an allowed origin's page needs. Gives false where it answered a preflight.
   * Throws `origin_refused`, and `invalid_request` for a body that is no JSON.
   */
  admit(request: IncomingMessage, response: ServerResponse, options?: AdmitOptions): boolean;
}

/** Builds the one rule about origins, for Express and for the fast path. */
export function createOriginPolicy(publicOrigin: string, allowedOrigins: readonly string[]): OriginPolicy {
  const shared = new Set(allowedOrigins);
  return {
    admit(request, response, { head = [], judgesNavigation = false } = {}) {
      const { origin, "sec-fetch-site": site } = request.headers;
      const isShared = origin !== undefined && shared.has(origin);
      const fromElsewhere = origin === undefined ? site === "cross-site" && !judgesNavigation : origin !== publicOrigin;
      if (fromElsewhere && !isShared) throw new ConnectError("origin_refused", "from another site");
      if (isShared) {
        response.setHeader("Access-Control-Allow-Origin", origin);
        response.setHeader("Access-Control-Allow-Credentials", "true");
        if (request.method === "OPTIONS") {
          sendEmpty(response, 204, [...head, ...preflightHeaders]);
          return false;
        }
      }
      assertJsonBody(request);
      return true;
    },
  };
}

const preflightHeaders: RawHeaders = [
  "Access-Control-Allow-Methods",
  "GET, POST",
  "Access-Control-Allow-Headers",
  "content-type, authorization, trpc-accept",
  "Access-Control-Max-Age",
  "600",
];
