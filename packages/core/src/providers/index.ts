import type { RegisteredProvider, Registry } from "../registry.ts";
import type { ProviderHttp } from "../http/index.ts";
import { describeScopes, listAskedScopes, oauth, type OAuthClient } from "../oauth/index.ts";
import type { Provider } from "../provider.ts";
import { aboutTelegram, telegramPermissions } from "../telegram/index.ts";
import * as list from "./list.ts";
import type { ProviderModule } from "./provider-module.ts";

/** The providers with OAuth, in alphabetical order, by their ids. Telegram stands beside them. */
export const providers: Readonly<Record<string, ProviderModule>> = list;

/** The apps that are set up at the providers with OAuth, by the ids of these. */
export type OAuthClients = Readonly<Record<string, OAuthClient | undefined>>;

/** All providers, each usable if it has a client. Telegram is built elsewhere. */
export function createRegistry(clients: OAuthClients, http: ProviderHttp, telegram?: Provider): Registry {
  const listings = Object.values(providers).map(({ spec, wireFormat }): RegisteredProvider => {
    const { id, name, fields = [], scopes: rules } = spec;
    const client = clients[id];
    const provider = client && oauth(spec, client, http);
    const listing = { id, name, fields, methods: ["redirect"] as const, wireFormat, provider };
    const { form } = rules;
    return {
      ...listing,
      listPermissions: (scopes) => describeScopes(rules, listAskedScopes(rules, client ?? {}, scopes)),
      ...(form && { isScope: (text) => form.test(text) }),
    };
  });
  listings.push({ ...aboutTelegram, listPermissions: () => telegramPermissions, provider: telegram });
  return new Map(listings.map((listing) => [listing.id, listing]));
}

export type { OAuthClient } from "../oauth/index.ts";
export { listRedirectPaths, redirectVariable, type ProviderModule } from "./provider-module.ts";
