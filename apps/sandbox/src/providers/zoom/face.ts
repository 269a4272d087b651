import { consentRoutes } from "../../consent.ts";
import type { Face, World } from "../../face.ts";
import { noticePage } from "../../page/notice.ts";
import { type Answer, type Call, html } from "../../wire.ts";
import { authorizeScreen } from "./authorize.ts";
import { apiRefusal } from "./refusals.ts";
import { installLink, installRoute } from "./install.ts";
import { mint } from "./mint.ts";
import { revokeEndpoint, tokenEndpoint } from "./token.ts";
import { usersMe } from "./users.ts";
import { remove, write } from "./webhooks.ts";
import { apiHost, createZoom, oauthHost } from "./zoom.ts";

/** Zoom, with a user-managed general app under its development credentials. */
export function zoom(world: World): Face {
  const memory = createZoom(world);
  const { app, ...rest } = memory;
  const oauth = { method: "POST", host: oauthHost } as const;
  return {
    ...rest,
    app: { ...app },
    id: world.id,
    title: "Zoom",
    hooks: { write: (order) => write(memory, order) },
    remove: (person) => remove(memory, person),
    mint: (wanted) => mint(memory, wanted),
    routes: [
      ...consentRoutes(authorizeScreen(memory)),
      installRoute(memory),
      { ...oauth, path: "/oauth/token", counts: "tokens", handle: tokenEndpoint(memory) },
      { ...oauth, path: "/oauth/revoke", counts: "revocations", handle: revokeEndpoint(memory) },
      { method: "GET", host: apiHost, path: "/v2/users/me", handle: usersMe(memory) },
    ],
    page: { path: installLink(app.clientId), title: "Add the app from the Marketplace" },
    missing,
  };
}

function missing(call: Call): Answer {
  if (apiHost.test(call.host)) return apiRefusal(404, 2300, "This API endpoint is not recognized.").answer;
  return html(404, noticePage({ title: "Zoom", heading: "Page not found (404)", text: "There is no such page." }));
}
