import { returnTo } from "../../consent.ts";
import { appName, type Route } from "../../face.ts";
import { choicePage } from "../../page/choice.ts";
import { type Answer, type Call, html } from "../../wire.ts";
import { encodeHost } from "./authorize.ts";
import type { ShopifyPerson } from "./people.ts";
import { pageRefusal } from "./refusals.ts";
import { shopHost, type Shopify } from "./shopify.ts";
import { sign } from "./signature.ts";
import { browsedStore } from "./store.ts";

const adminHost = "admin.shopify.com";
const adminPath = "/oauth/install";

/** Where an installation begins that starts at Shopify. */
export const installLink = (clientId: string): string => `/${adminHost}${adminPath}?client_id=${clientId}`;

/**
 * Installations that start at Shopify: from the App Store, where a merchant chooses the store, and by a store's own
 * link. Both send the browser to the App URL, signed; nothing is granted by it.
 */
export function installRoutes(shopify: Shopify): Route[] {
  return [
    { method: "GET", host: adminHost, path: adminPath, handle: (call) => choosePage(shopify, call) },
    { method: "POST", host: adminHost, path: adminPath, handle: (call) => chosen(shopify, call) },
    {
      method: "GET",
      host: shopHost,
      path: "/admin/oauth/install_custom_app",
      handle: (call) => {
        judgeClient(shopify, call);
        return openApp(shopify, browsedStore(shopify, call));
      },
    },
  ];
}

function judgeClient({ app }: Shopify, call: Call): void {
  if (call.query.get("client_id") === app.clientId) return;
  throw pageRefusal({
    error: "application_cannot_be_found",
    description: "No application was found for this client_id",
  });
}

function choosePage(shopify: Shopify, call: Call): Answer {
  judgeClient(shopify, call);
  return html(
    200,
    choicePage({
      title: `Shopify: install ${appName}`,
      heading: `In which store do you want to install ${appName}?`,
      host: adminHost,
      action: installLink(shopify.app.clientId),
      hidden: [],
      people: shopify.people.all(),
      button: "Install",
    }),
  );
}

function chosen(shopify: Shopify, call: Call): Answer {
  judgeClient(shopify, call);
  const owner = shopify.people.find(call.form.get("person") ?? "");
  if (owner === undefined)
    throw pageRefusal({ error: "invalid_request", description: "Send person=<an id from /_/people>" });
  return openApp(shopify, owner);
}

/** Sends the browser to the App URL, as Shopify does wherever a merchant opens the app. */
function openApp({ app, clock, switches }: Shopify, { shop }: ShopifyPerson): Answer {
  const current = switches.current();
  const timestamp = String(Math.floor(clock.now() / 1000));
  const signed = { ...(!current.omitHost && { host: encodeHost(shop) }), shop, timestamp };
  const sent = { hmac: sign(signed, app.clientSecret), ...signed };
  return returnTo(current.appUrl ?? app.appUrl, Object.entries(sent), current);
}
