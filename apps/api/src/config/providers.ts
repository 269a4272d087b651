import { providers, type OAuthClient, type OAuthClients, type ProviderModule } from "@patchbay/core/providers";
import { aboutTelegram, telegramSettings, type TelegramApp } from "@patchbay/core/telegram";

/** What the environment says of the providers. */
export interface ProviderConfig {
  /** The providers with OAuth that can be used, by their ids. */
  clients: OAuthClients;
  telegram?: TelegramApp;
  /** The variables that those lack that cannot be used. */
  missing: Readonly<Record<string, readonly string[]>>;
  wrong: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const modules = Object.values(providers);
const allSettings = [...modules.map(({ settings }) => settings), telegramSettings];

/** Every variable about a provider. */
export const providerNames: readonly string[] = [
  ...allSettings.flatMap(({ variables }) => Object.keys(variables)),
  ...modules.map(({ spec }) => redirectVariable(spec.id)),
];

/** What other software calls one of them, and what it is called here. */
export const providerAliases: Readonly<Record<string, string>> = Object.fromEntries(
  allSettings.flatMap(({ aliases = {} }) => Object.entries(aliases)),
);

/** Reads the settings of every provider, and finds all that is wrong with them. */
export function readProviders(env: Environment, publicOrigin: string): ProviderConfig {
  const clients: Record<string, OAuthClient> = {};
  const missing: Record<string, readonly string[]> = {};
  const wrong: string[] = [];
  for (const module of modules) {
    const { id } = module.spec;
    const reading = module.settings.read(env);
    wrong.push(...reading.wrong);
    if (reading.missing.length > 0) missing[id] = reading.missing;
    if (reading.app === undefined) continue;
    const allowed = listRedirectUris(module, publicOrigin);
    const redirectUri = allowed.find((uri) => uri === (env[redirectVariable(id)] ?? allowed[0]));
    if (redirectUri === undefined) wrong.push(`${redirectVariable(id)}: must be ${allowed.join(" or ")}`);
    else clients[id] = { ...reading.app, redirectUri };
  }
  const telegram = telegramSettings.read(env);
  wrong.push(...telegram.wrong);
  if (telegram.missing.length > 0) missing[aboutTelegram.id] = telegram.missing;
  return { clients, ...(telegram.app && { telegram: telegram.app }), missing, wrong };
}

function redirectVariable(id: string): string {
  return `${id.toUpperCase()}_REDIRECT_URI`;
}

/** The redirect URIs that an operator may register. The first is the default. */
function listRedirectUris({ spec, wireFormat }: ProviderModule, publicOrigin: string): string[] {
  const callback = `${publicOrigin}/api/v1/channels/${spec.id}/${wireFormat.returnPath}`;
  return wireFormat.mayReturnToPage ? [callback, `${publicOrigin}/integrations`] : [callback];
}
