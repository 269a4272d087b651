import {
  listRedirectPaths,
  providers,
  redirectVariable,
  type OAuthClient,
  type OAuthClients,
} from "@patchbay/core/providers";
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
  ...modules.map(redirectVariable),
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
    const allowed = listRedirectPaths(module).map((path) => publicOrigin + path);
    const redirectUri = allowed.find((uri) => uri === (env[redirectVariable(module)] ?? allowed[0]));
    if (redirectUri === undefined) wrong.push(`${redirectVariable(module)}: must be ${allowed.join(" or ")}`);
    else clients[id] = { ...reading.app, redirectUri };
  }
  const telegram = telegramSettings.read(env);
  wrong.push(...telegram.wrong);
  if (telegram.missing.length > 0) missing[aboutTelegram.id] = telegram.missing;
  return { clients, ...(telegram.app && { telegram: telegram.app }), missing, wrong };
}
