import { consentRoutes } from "../../consent.ts";
import type { Face, World } from "../../face.ts";
import { noticePage } from "../../page/notice.ts";
import { type Answer, type Call, html } from "../../wire.ts";
import { accountEndpoint } from "./accounts.ts";
import { authorizeScreen } from "./authorize.ts";
import { deauthorizeEndpoint } from "./deauthorize.ts";
import { mint } from "./mint.ts";
import { apiRefusal } from "./refusals.ts";
import { apiHost, connectHost, createStripe } from "./stripe.ts";
import { tokenEndpoint } from "./token.ts";
import { remove, write } from "./webhooks.ts";

/** Stripe Connect with OAuth for Standard accounts: a test and a live mode of one platform. */
export function stripe(world: World): Face {
  const memory = createStripe(world);
  const connect = { method: "POST", host: connectHost } as const;
  const account = accountEndpoint(memory);
  return {
    ...memory,
    id: world.id,
    title: "Stripe",
    hooks: { write: (order) => write(memory, order) },
    remove: (person) => remove(memory, person),
    mint: (wanted) => mint(memory, wanted),
    routes: [
      ...consentRoutes(authorizeScreen(memory)),
      { ...connect, path: "/oauth/token", counts: "tokens", handle: tokenEndpoint(memory) },
      { ...connect, path: "/oauth/deauthorize", counts: "revocations", handle: deauthorizeEndpoint(memory) },
      { method: "GET", host: apiHost, path: "/v1/account", handle: account },
      { method: "GET", host: apiHost, path: "/v1/accounts/:account", handle: account },
    ],
    missing,
  };
}

function missing({ host, method, path }: Call): Answer {
  if (host === connectHost)
    return html(404, noticePage({ title: "Stripe", heading: "Page not found", text: "There is no such page." }));
  const message = `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`;
  return apiRefusal(404, { message }).answer;
}
