import { ConnectError } from "./errors.ts";
import type { NeededScope, Permission, Provider } from "./provider.ts";
import { defaultWireFormat, type WireFormat } from "./wire-format.ts";

/** A provider that Patchbay knows, and the means to use it where it is configured. */
export interface RegisteredProvider {
  id: string;
  name: string;
  /** Lists what a user allows: the scopes that an attempt names, or else those configured, and what identifies the account. */
  listPermissions: (scopes?: readonly string[]) => readonly Permission[];
  /** Whether an attempt may name this scope in place of those configured. Absent: what is asked for cannot be chosen. */
  isScope?: (text: string) => boolean;
  fields: Provider["fields"];
  methods: Provider["methods"];
  /** Its credentials are issued to one back end at a time, with a lease. */
  exclusiveLease?: boolean;
  /** How our REST paths name things for it. Absent: as `defaultWireFormat` does. */
  wireFormat?: WireFormat;
  provider: Provider | undefined;
}

/** All providers by id, those that are not configured as well. */
export type Registry = ReadonlyMap<string, RegisteredProvider>;

/** Gets the configured provider of an id. Throws `provider_unknown` or `provider_not_configured`. */
export function getProvider(registry: Registry, id: string): Provider {
  const registered = registry.get(id);
  if (registered === undefined) throw new ConnectError("provider_unknown", "no provider of that name");
  if (registered.provider === undefined) throw new ConnectError("provider_not_configured", `${id} has no credentials`);
  return registered.provider;
}

/** The wire format of an id: of a provider that we know, its own; otherwise the default one. */
export function getWireFormat(registry: Registry, id: string): WireFormat {
  return registry.get(id)?.wireFormat ?? defaultWireFormat;
}

/** The app at a provider that a grant was given to. No other can use it. */
export interface ProviderApp {
  provider: string;
  clientId: string;
  mode: string;
}

/** An app that is configured, and the scopes that its connections need. */
export interface ConfiguredApp extends ProviderApp {
  neededScopes: readonly NeededScope[];
}

/** Lists the apps that are configured. */
export function listApps(registry: Registry): ConfiguredApp[] {
  return [...registry.values()].flatMap(({ provider }) => {
    if (provider === undefined) return [];
    const { id, client, neededScopes = [] } = provider;
    return [{ provider: id, clientId: client.id, mode: client.mode, neededScopes }];
  });
}

/** Finds the provider if it is configured with the app that a grant was given to. */
export function findProviderOfApp(
  registry: Registry,
  { provider: id, clientId, mode }: ProviderApp,
): Provider | undefined {
  const provider = registry.get(id)?.provider;
  return provider?.client.id === clientId && provider.client.mode === mode ? provider : undefined;
}

/** Gets the provider that is configured with the app that a grant was given to. Throws `provider_unknown` or `provider_not_configured`. */
export function getProviderOfApp(registry: Registry, app: ProviderApp): Provider {
  const provider = findProviderOfApp(registry, app);
  if (provider) return provider;
  const { client } = getProvider(registry, app.provider);
  throw new ConnectError("provider_not_configured", `of another app or mode of ${app.provider} than ${client.id}`);
}
