import type { RegisteredProvider, Registry } from "../registry.ts";
import type { ProviderHttp } from "../http/index.ts";
import { oauth, type OAuthClient, type OAuthSpec } from "../oauth/index.ts";
import type { Provider } from "../provider.ts";
import { aboutTelegram } from "../telegram/index.ts";
import { calendly } from "./calendly/spec.ts";
import { paypal } from "./paypal/spec.ts";
import { shopify } from "./shopify/spec.ts";
import { stripe } from "./stripe/spec.ts";
import { zoom } from "./zoom/spec.ts";

/** The registry, in the order of the page. A provider's line here makes it known to core; the API reads its settings. */
export const specs = { calendly, paypal, shopify, stripe, zoom } as const satisfies Record<string, OAuthSpec>;

/** The id of a provider with OAuth. */
export type ProviderId = keyof typeof specs;

/** All providers, each usable where it has a client. Telegram stands beside those of OAuth, and is built elsewhere. */
export function createRegistry(
  clients: Partial<Record<ProviderId, OAuthClient>>,
  http: ProviderHttp,
  telegram?: Provider,
): Registry {
  const listings: RegisteredProvider[] = Object.values(specs).map((spec: OAuthSpec): RegisteredProvider => {
    const { id, name, description, fields = [] } = spec;
    const client = clients[id as ProviderId];
    return { id, name, description, fields, methods: ["redirect"], provider: client && oauth(spec, client, http) };
  });
  listings.push({ ...aboutTelegram, provider: telegram });
  return new Map(listings.map((listing) => [listing.id, listing]));
}

export type { OAuthClient } from "../oauth/index.ts";
