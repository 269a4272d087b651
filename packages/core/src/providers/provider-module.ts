import type { OAuthClient, OAuthSpec } from "../oauth/index.ts";
import type { ProviderSettings } from "../provider-settings.ts";
import type { WireFormat } from "../wire-format.ts";

/** Our app at a provider as an operator sets it up. Its redirect URI follows from the address of Patchbay. */
export type RegisteredApp = Omit<OAuthClient, "redirectUri">;

/** A provider with OAuth: all that is known of it stands in its folder. */
export interface ProviderModule {
  /** How it differs from other providers with OAuth. */
  spec: OAuthSpec;
  /** How an operator sets it up. */
  settings: ProviderSettings<RegisteredApp>;
  /** How our REST paths name things for it. */
  wireFormat: WireFormat;
}

/** The variable by which an operator chooses one of several redirect URIs. */
export function redirectVariable({ spec }: ProviderModule): string {
  return `${spec.id.toUpperCase()}_REDIRECT_URI`;
}

/** The paths below our address that can be registered as redirect URI. The first is the default. */
export function listRedirectPaths({ spec, wireFormat }: ProviderModule): [string, ...string[]] {
  const callback = `/api/v1/channels/${spec.id}/${wireFormat.returnPath}`;
  return wireFormat.mayReturnToPage ? [callback, "/integrations"] : [callback];
}
