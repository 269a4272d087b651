import { minutes } from "../../clock.ts";
import { type ConsentScreen, giveConsent, returnTo } from "../../consent.ts";
import { splitScopes } from "../../face.ts";
import type { Ask } from "../../grants.ts";
import { hex } from "../../mint.ts";
import { noticePage } from "../../page/notice.ts";
import { type Answer, type Call, html } from "../../wire.ts";
import { pageRefusal } from "./refusals.ts";
import { isKnown } from "./scopes.ts";
import { ownerOf, shopHost, type Shopify } from "./shopify.ts";
import { sign } from "./signature.ts";
import { browsedStore } from "./store.ts";

/** `GET https://{shop}/admin/oauth/authorize`; the shop may be called by a friendly name that is not its own. */
export function authorizeScreen(shopify: Shopify): ConsentScreen {
  return {
    title: "Shopify",
    host: shopHost,
    path: "/admin/oauth/authorize",
    judge: (asked, call) => judge(shopify, asked, call),
    people: (call) => [ownerOf(shopify, call.host)].filter((owner) => owner !== undefined),
    allow: (ask, person) => {
      const code = hex(16);
      giveConsent(shopify, { value: code, ask, person, lifetime: minutes(10) });
      return signedReturn(shopify, ask, code);
    },
    deny: cancelled,
  };
}

const online = "per-user";

/** What a code's realm says of it: its shop, and whether the token is to be a person's own. */
const realmOf = (shop: string, isOnline: boolean): string => (isOnline ? `${shop} ${online}` : shop);
export const shopOf = (realm: string): string => realm.split(" ")[0] ?? "";
export const isOnline = (realm: string): boolean => realm.endsWith(` ${online}`);

function judge(shopify: Shopify, asked: URLSearchParams, call: Call): Ask {
  const { app } = shopify;
  const owner = browsedStore(shopify, call);
  if (asked.get("client_id") !== app.clientId)
    throw pageRefusal({
      error: "application_cannot_be_found",
      description: "No application was found for this client_id",
    });
  const redirectUri = asked.get("redirect_uri") ?? "";
  judgeRedirect(shopify, redirectUri);
  const scopes = splitScopes(asked.get("scope") ?? "");
  if (!scopes.every(isKnown)) throw pageRefusal({ error: "invalid_scope", description: "Invalid scope" });
  const state = asked.get("state") ?? undefined;
  const realm = realmOf(owner.shop, asked.getAll("grant_options[]").includes(online));
  return { clientId: app.clientId, redirectUri, scopes, state, challenge: undefined, realm };
}

function judgeRedirect({ app }: Shopify, redirectUri: string): void {
  if (!app.redirectUris.includes(redirectUri))
    throw pageRefusal({ error: "invalid_request", description: "The redirect_uri is not whitelisted" });
  if (new URL(redirectUri).hostname !== new URL(app.appUrl).hostname)
    throw pageRefusal({
      error: "invalid_request",
      description: "The redirect_uri and application url must have matching hosts",
    });
}

/** Encodes where a store's admin is, as the parameter `host` tells it. */
export function encodeHost(shop: string): string {
  const store = `admin.shopify.com/store/${shop.replace(".myshopify.com", "")}`;
  return Buffer.from(store).toString("base64").replaceAll("=", "");
}

/** The return: everything in it is signed, the canonical shop included. */
function signedReturn({ clock, app, switches }: Shopify, ask: Ask, code: string): Answer {
  const shop = shopOf(ask.realm);
  const signed = {
    code,
    ...(!switches.current().omitHost && { host: encodeHost(shop) }),
    shop,
    ...(ask.state !== undefined && { state: ask.state }),
    timestamp: String(Math.floor(clock.now() / 1000)),
  };
  const returned = Object.entries({ ...signed, hmac: sign(signed, app.clientSecret) });
  return returnTo(
    ask.redirectUri,
    returned.sort(([a], [b]) => (a < b ? -1 : 1)),
    switches.current(),
  );
}

/** A merchant who cancels stays in the Shopify admin: the app is never told. */
function cancelled(): Answer {
  const text = "The app was not installed. You are back in your Shopify admin.";
  return html(200, noticePage({ title: "Shopify", heading: "Installation cancelled", text }));
}
