import { consentRoutes } from "../../consent.ts";
import type { Face, World } from "../../face.ts";
import type { Answer } from "../../wire.ts";
import { graphqlEndpoint, uninstallEndpoint } from "./admin.ts";
import { authorizeScreen } from "./authorize.ts";
import { installLink, installRoutes } from "./install.ts";
import { mint } from "./mint.ts";
import { adminRefusal } from "./refusals.ts";
import { createShopify, shopHost } from "./shopify.ts";
import { tokenEndpoint } from "./token.ts";
import { uninstall, write } from "./webhooks.ts";

/** Shopify: every shop is a host of its own, returns are signed, and an app leaves by uninstalling itself. */
export function shopify(world: World): Face {
  const memory = createShopify(world);
  const { app, ...rest } = memory;
  return {
    ...rest,
    app: { ...app },
    id: world.id,
    title: "Shopify",
    hooks: { write: (order) => write(memory, order) },
    remove: (person) => uninstall(memory, person),
    mint: (wanted) => mint(memory, wanted),
    routes: [
      ...consentRoutes(authorizeScreen(memory)),
      ...installRoutes(memory),
      {
        method: "POST",
        host: shopHost,
        path: "/admin/oauth/access_token",
        counts: "tokens",
        handle: tokenEndpoint(memory),
      },
      {
        method: "POST",
        host: shopHost,
        path: "/admin/api/:version/graphql.json",
        counts: (call) => (call.body.includes("appUninstall") ? "revocations" : undefined),
        handle: graphqlEndpoint(memory),
      },
      {
        method: "DELETE",
        host: shopHost,
        path: "/admin/api_permissions/current.json",
        counts: "revocations",
        handle: uninstallEndpoint(memory),
      },
    ],
    page: { path: installLink(app.clientId), title: "Install the app from the App Store" },
    missing,
  };
}

const missing = (): Answer => adminRefusal(404, "Not Found").answer;
