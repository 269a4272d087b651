import { z } from "zod";
import type { Credentials } from "@patchbay/core/provider";
import type { SandboxClient, SeededGrant } from "@patchbay/sandbox/client";
import { endpoints } from "@patchbay/sandbox/people";
import { postForm, postJson, send, type Answer } from "./http.ts";

/** What the proof knows of a provider by itself, so that it need not believe the product. */
export interface ProviderFacts {
  id: string;
  /** Our client there, and its mode. */
  client: { id: string; secret: string; mode: string };
  shared: boolean;
  /** A refresh token is spent by its first use, whether or not the answer arrives. */
  strict: boolean;
  /** Whether Patchbay stores tokens. If not, it stores the account's id alone, and refreshes nothing. */
  keepsTokens: boolean;
  /** Whether each account has a host of its own. */
  hostPerAccount: boolean;
  token(grant: SeededGrant): { host: string; path: string };
  place(grant: SeededGrant): Record<string, string>;
  /** Sends a refresh, past Patchbay. */
  refresh(credentials: Credentials): Promise<Answer>;
  /** Asks who the token is of. */
  identify(credentials: Credentials): Promise<Answer>;
}

export const providerNames = ["calendly", "zoom", "shopify", "paypal", "stripe"] as const;
export type ProviderName = (typeof providerNames)[number];
export type Providers = Record<ProviderName, ProviderFacts>;

const client = z.object({ clientId: z.string(), clientSecret: z.string() });
const pathOf = ({ host, path }: { host: string; path: string }): string => `${host}${path}`;
const grantType = { grant_type: "refresh_token" };

export async function readProviders({ url, ...control }: SandboxClient): Promise<Providers> {
  const known = await control.listApps();
  const clientOf = (id: string, mode: string): ProviderFacts["client"] => {
    const { clientId, clientSecret } = client.parse({ clientSecret: "", ...known[id] });
    return { id: clientId, secret: clientSecret, mode };
  };
  const clients = {
    calendly: clientOf("calendly", "live"),
    zoom: clientOf("zoom", "live"),
    shopify: clientOf("shopify", "live"),
    paypal: clientOf("paypal", "sandbox"),
    stripe: clientOf("stripe", "test"),
  };
  return {
    calendly: usual(url, {
      id: "calendly",
      client: clients.calendly,
      at: endpoints.calendly.token,
      me: pathOf(endpoints.calendly.identity),
      strict: true,
    }),
    zoom: usual(url, {
      id: "zoom",
      client: clients.zoom,
      at: endpoints.zoom.token,
      me: pathOf(endpoints.zoom.identity),
      shared: true,
      strict: true,
    }),
    paypal: usual(url, {
      id: "paypal",
      client: clients.paypal,
      at: endpoints.paypal.token,
      me: `${pathOf(endpoints.paypal.identity)}?schema=paypalv1.1`,
    }),
    shopify: shopify(url, clients.shopify),
    stripe: {
      ...usual(url, { id: "stripe", client: clients.stripe, at: { host: "", path: "" }, me: "", shared: true }),
      keepsTokens: false,
      place: ({ account }) => ({ account }),
    },
  };
}

type Usual = {
  id: string;
  client: ProviderFacts["client"];
  at: { host: string; path: string };
  me: string;
  shared?: boolean;
  strict?: boolean;
};

function usual(sandbox: string, { id, client, at, me, shared = false, strict = false }: Usual): ProviderFacts {
  const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString("base64")}`;
  return {
    id,
    client,
    shared,
    strict,
    keepsTokens: true,
    hostPerAccount: false,
    token: () => at,
    place: () => ({}),
    refresh: ({ refreshToken = "" }) =>
      postForm(`${sandbox}/${at.host}${at.path}`, { ...grantType, refresh_token: refreshToken }, { authorization }),
    identify: ({ accessToken }) =>
      send(`${sandbox}/${me}`, {
        headers: { authorization: `Bearer ${accessToken ?? ""}`, "content-type": "application/json" },
      }),
  };
}

function shopify(sandbox: string, client: ProviderFacts["client"]): ProviderFacts {
  const { path } = endpoints.shopify.token;
  return {
    id: "shopify",
    client,
    shared: true,
    strict: false,
    keepsTokens: true,
    hostPerAccount: true,
    token: ({ shop = "" }) => ({ host: shop, path }),
    place: ({ shop = "" }) => ({ shop }),
    refresh: ({ refreshToken = "", metadata }) =>
      postForm(`${sandbox}/${metadata["shop"]}${path}`, {
        ...grantType,
        refresh_token: refreshToken,
        client_id: client.id,
        client_secret: client.secret,
      }),
    identify: ({ accessToken = "", metadata }) =>
      postJson(
        `${sandbox}/${metadata["shop"]}/admin/api/2026-10/graphql.json`,
        { query: "{ shop { id } }" },
        { headers: { "x-shopify-access-token": accessToken } },
      ),
  };
}
