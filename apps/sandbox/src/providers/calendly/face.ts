import { consentRoutes } from "../../consent.ts";
import type { Face, World } from "../../face.ts";
import type { Answer, Call } from "../../wire.ts";
import { authorizeScreen } from "./authorize.ts";
import { apiHost, authHost, createCalendly } from "./calendly.ts";
import { mint } from "./mint.ts";
import { apiRefusal, pageRefusal } from "./refusals.ts";
import { introspectEndpoint, revokeEndpoint } from "./revoke.ts";
import { createEndpoint, deleteEndpoint, listEndpoint, readEndpoint } from "./subscriptions.ts";
import { tokenEndpoint } from "./token.ts";
import { usersMe } from "./users.ts";
import { remove, write } from "./webhooks.ts";

/** Calendly: an OAuth server in the manner of Doorkeeper, and an API that identifies everything by URI. */
export function calendly(world: World): Face {
  const memory = createCalendly(world);
  const { app, ...rest } = memory;
  const api = { host: apiHost, path: "/webhook_subscriptions" } as const;
  const one = { host: apiHost, path: "/webhook_subscriptions/:uuid" } as const;
  const at = { method: "POST", host: authHost } as const;
  return {
    ...rest,
    app: { ...app },
    id: world.id,
    title: "Calendly",
    hooks: { write: (order) => write(memory, order) },
    remove: (person) => remove(memory, person),
    mint: (wanted) => mint(memory, wanted),
    routes: [
      ...consentRoutes(authorizeScreen(memory)),
      { ...at, path: "/oauth/token", counts: "tokens", handle: tokenEndpoint(memory) },
      { ...at, path: "/oauth/revoke", counts: "revocations", handle: revokeEndpoint(memory) },
      { ...at, path: "/oauth/introspect", handle: introspectEndpoint(memory) },
      { method: "GET", host: apiHost, path: "/users/me", handle: usersMe(memory) },
      { ...api, method: "POST", handle: createEndpoint(memory) },
      { ...api, method: "GET", handle: listEndpoint(memory) },
      { ...one, method: "GET", handle: readEndpoint(memory) },
      { ...one, method: "DELETE", handle: deleteEndpoint(memory) },
    ],
    missing,
  };
}

function missing(call: Call): Answer {
  if (call.host === authHost) return pageRefusal(404, "The page you were looking for doesn't exist.").answer;
  return apiRefusal(404, "Resource Not Found", { message: "The server could not find the requested resource." }).answer;
}
