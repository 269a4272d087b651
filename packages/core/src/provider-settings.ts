import { z } from "zod";
import type { ScopeRules, WebhookSettings } from "./oauth/index.ts";

/** The variables of an environment, without those that are empty. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What an environment says of one provider. */
export interface SettingsReading<App> {
  /** Our app at the provider. Absent while a variable is missing or wrong. */
  app?: App;
  /** The variables that the provider needs and that are not set. */
  missing: string[];
  /** What is wrong with the others, a line each. No value is quoted. */
  wrong: string[];
}

/** How an operator sets up a provider: they register an app there, and put what they get into the environment. */
export interface ProviderSettings<App = unknown> {
  /** The variables, in the order of `.env.example`, which says of each what its description says. */
  variables: Readonly<Record<string, z.ZodType>>;
  /** What other software calls a variable, and what it is called here. */
  aliases?: Readonly<Record<string, string>>;
  guide: RegistrationGuide;
  /** Reads the variables. An app that cannot be used is no error: the provider is shown as not set up. */
  read(env: Environment): SettingsReading<App>;
}

/** How an app is registered at the provider, in Markdown. `pnpm generate` writes it into the README and `.env.example`. */
export interface RegistrationGuide {
  /** The page where an app is registered. */
  page: string;
  /** What that page is called, if it is not called by its host. */
  pageName?: string;
  /** Which kind of app it has to be. */
  app: string;
  /** More sentences, for `.env.example` alone. */
  notes?: string;
  /** What the provider calls the redirect URI, if it is not that. */
  redirectName?: string;
  /** What else is done with the redirect URI. */
  redirectNote?: string;
  webhook?: WebhookGuide;
}

/** How the provider is told where to send its webhooks. */
export interface WebhookGuide {
  /** The place at the provider, and the events. */
  where: string;
  /** Patchbay registers the address itself, so that the operator does not. */
  isAutomatic?: true;
  /** The variable of what webhooks are signed with. Absent: it is the client secret. */
  variable?: string;
}

type Shape = Readonly<Record<string, z.ZodType>>;

interface SettingsOptions<S extends Shape, App> extends Pick<ProviderSettings, "aliases" | "guide"> {
  /** A variable that may be absent is optional or has a default. */
  variables: S;
  buildApp: (values: z.output<z.ZodObject<S>>) => App;
}

/** Creates the settings of a provider from what its variables may hold. */
export function createSettings<S extends Shape, App>(options: SettingsOptions<S, App>): ProviderSettings<App> {
  const { variables, buildApp, ...documented } = options;
  const required = Object.keys(variables).filter((name) => !variables[name]?.safeParse(undefined).success);
  const shape = z.object(variables);
  return {
    ...documented,
    variables,
    read(env) {
      const missing = required.filter((name) => env[name] === undefined);
      const parsed = shape.safeParse(env);
      const wrong = [...listIssues(parsed.error, missing), ...listRepeatedIds(required, env)];
      return parsed.success && wrong.length === 0 ? { app: buildApp(parsed.data), missing, wrong } : { missing, wrong };
    },
  };
}

function listIssues(error: z.ZodError | undefined, missing: readonly string[]): string[] {
  const issues = (error?.issues ?? []).map(({ path, message }) => ({ name: String(path[0]), message }));
  const lines = issues.filter(({ name }) => !missing.includes(name)).map(({ name, message }) => `${name}: ${message}`);
  return [...new Set(lines)];
}

/** Client ids that were copied into a second variable as well. */
function listRepeatedIds(names: readonly string[], env: Environment): string[] {
  const id = names.find((name) => name.endsWith("_CLIENT_ID"));
  if (id === undefined || env[id] === undefined) return [];
  return names.filter((name) => name !== id && env[name] === env[id]).map((name) => `${name}: is the same as ${id}`);
}

const broken = "has a space, a line break or quotes around it that are not its own: copy it again";

function isWhole(text: string): boolean {
  return text === text.trim() && !/[\r\n]/.test(text) && !/^(["'`]).*\1$/s.test(text);
}

/** A secret as an operator copies it from the provider's page. */
export const secretText = z.string().refine(isWhole, { error: broken, abort: true });

/** An id as an operator copies it from the provider's page. */
export const idText = secretText.refine((text) => !/\s/.test(text), { error: broken, abort: true });

const secretsRule = "must be secrets as the provider shows them, separated by commas";

/** The secrets that webhooks are signed with, with commas between them. Any of them counts, while one replaces another. */
export const webhookSecrets = (secret = z.string()) =>
  secretText
    .transform((text) => text.split(",").map((part) => part.trim()))
    .transform((parts) => parts.filter((part) => part !== ""))
    .pipe(z.array(secret.min(8, secretsRule)).min(1, secretsRule))
    .transform((secrets): WebhookSettings => ({ secrets }));

/** The scopes that an operator chooses, with commas or spaces between them. `example`: two that the provider has. */
export const scopeTexts = (rules: Pick<ScopeRules, "usual" | "form">, example: string) =>
  z
    .string()
    .default(rules.usual.join(","))
    .transform((text) => text.split(/[\s,]+/).filter((scope) => scope !== ""))
    .pipe(z.array(z.string().regex(rules.form ?? /^$/, `must be scopes such as ${example}`)));
