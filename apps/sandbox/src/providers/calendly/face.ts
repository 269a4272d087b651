import { consentRoutes } from "../../consent.ts";
import type { Face, World } from "../../face.ts";
import type { Answer, Call } from "../../wire.ts";
import { authorizeScreen } from "./authorize.ts";
import { apiHost, authHost, createCalendly } from "./calendly.ts";
import { apiRefusal, pageRefusal } from "./refusals.ts";
import { introspectEndpoint, revokeEndpoint } from "./revoke.ts";
import { tokenEndpoint } from "./token.ts";
import { usersMe } from "./users.ts";

/** Calendly: an OAuth server in the manner of Doorkeeper, and an API that identifies everything by URI. */
export function calendly(world: World): Face {
  const memory = createCalendly(world);
  const at = { method: "POST", host: authHost } as const;
  return {
    ...memory,
    id: world.id,
    title: "Calendly",
    routes: [
      ...consentRoutes(authorizeScreen(memory)),
      { ...at, path: "/oauth/token", counts: "tokens", handle: tokenEndpoint(memory) },
      { ...at, path: "/oauth/revoke", counts: "revocations", handle: revokeEndpoint(memory) },
      { ...at, path: "/oauth/introspect", handle: introspectEndpoint(memory) },
      { method: "GET", host: apiHost, path: "/users/me", handle: usersMe(memory) },
    ],
    missing,
  };
}

function missing(call: Call): Answer {
  if (call.host === authHost) return pageRefusal(404, "The page you were looking for doesn't exist.").answer;
  return apiRefusal(404, "Resource Not Found", { message: "The server could not find the requested resource." }).answer;
}
