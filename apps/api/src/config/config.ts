import { fileURLToPath } from "node:url";
import { z } from "zod";
import { defaultSchema, type CodeLimits } from "@patchbay/core/db";
import type { Proxy } from "@patchbay/core/http";
import type { Keyring } from "@patchbay/core/vault";
import type { ServiceKey } from "../backend-api/service-keys.ts";
import {
  appName,
  authSecret,
  databaseSchema,
  databaseUrl,
  host,
  isLoopback,
  keyring,
  oneOf,
  origin,
  originRule,
  port,
  proxies,
  returnUrl,
  serviceKeys,
  texts,
  whole,
} from "./fields.ts";
import { wrongNames } from "./names.ts";
import { providerAliases, providerNames, readProviders, type ProviderConfig } from "./providers.ts";
import { readProxy } from "./proxy.ts";

/** What the environment says. */
export interface Config {
  /** The address that it listens on. */
  host: string;
  port: number;
  /** How long a connection is kept that nobody uses. */
  keepAliveSeconds: number;
  publicUrl: URL;
  allowedOrigins: string[];
  /** What the product is called whose users connect their accounts here. */
  appName: string;
  /** Where connect sessions may return to: an origin and the beginning of a path. */
  connectReturnUrls: URL[];
  trustProxy: number | string[];
  signUp: "open" | "closed";
  databaseUrl: string;
  /** The schema of our tables in that database. */
  databaseSchema: string;
  /** The same database for the owner of its tables, where DATABASE_URL has a lesser role. */
  migrationUrl: string | undefined;
  authSecret: string;
  keys: Keyring;
  serviceKeys: readonly ServiceKey[];
  serviceCallsPerMinute: number;
  /** How many codes may be sent that make somebody's phone ring. */
  codeLimits: CodeLimits;
  sandboxUrl: string | undefined;
  /** Through which providers are reached. */
  proxy: Proxy | undefined;
  /** How many background jobs run at a time in this process; 0: none. */
  workers: number;
  logLevel: "debug" | "info" | "warn" | "error" | "silent";
  providers: ProviderConfig;
  /** The built page. */
  pageDirectory: string;
}

/** What is wrong with the environment, a line each, for the operator. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Where nothing else is said. */
export const defaultWorkers = 10;

/** Longer than any balancer keeps its own (Google's 600), so that a request never meets a connection that just closed. */
const usualKeepAliveSeconds = 620;

const environment = z.object({
  NODE_ENV: z.string().optional(),
  HOST: host.default("127.0.0.1"),
  PORT: port.default(3000),
  KEEP_ALIVE_SECONDS: whole(1, 86_400).default(usualKeepAliveSeconds),
  PUBLIC_URL: origin.optional(),
  ALLOWED_ORIGINS: texts.pipe(z.array(origin)).default([]),
  APP_NAME: appName.default("Patchbay"),
  CONNECT_RETURN_URLS: texts.pipe(z.array(returnUrl)).default([]),
  TRUST_PROXY: proxies.default(0),
  SIGN_UP: oneOf(["open", "closed"]).default("open"),
  DATABASE_URL: databaseUrl,
  MIGRATION_DATABASE_URL: databaseUrl.optional(),
  DATABASE_SCHEMA: databaseSchema.default(defaultSchema),
  AUTH_SECRET: authSecret,
  ENCRYPTION_KEYS: keyring,
  SERVICE_KEYS: serviceKeys.default([]),
  SERVICE_CALLS_PER_MINUTE: whole(1, 100_000_000).default(60_000),
  CODES_PER_NUMBER: whole(1, 1000).optional(),
  CODES_PER_MINUTE: whole(1, 100_000).default(30),
  SANDBOX_URL: origin.optional(),
  WORKERS: whole(0, 100).default(defaultWorkers),
  LOG_LEVEL: oneOf(["debug", "info", "warn", "error", "silent"]).default("info"),
});

/** Those that the scripts read, too. */
const knownNames = [
  ...Object.keys(environment.shape),
  ...providerNames,
  "WEB_PORT",
  "SANDBOX_PORT",
  "SANDBOX_TELEGRAM_PORT",
];

type Environment = z.infer<typeof environment>;

/** Reads the whole configuration from an environment. Throws `ConfigError` that lists everything wrong at once. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = withoutEmpty(env);
  const misnamed = wrongNames(given, knownNames, providerAliases);
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw refusal([...misnamed, ...linesOf(parsed.error)]);
  const values = parsed.data;
  const publicUrl = new URL(values.PUBLIC_URL ?? `http://localhost:${values.PORT}`);
  const providers = readProviders(given, publicUrl.origin);
  const proxy = readProxy(given);
  const wrong = [
    ...misnamed,
    ...proxy.wrong,
    ...wrongAddresses(values, publicUrl),
    ...wrongSandbox(values, publicUrl, providers),
    ...providers.wrong,
  ];
  if (wrong.length > 0) throw refusal(wrong);
  return {
    host: values.HOST,
    port: values.PORT,
    keepAliveSeconds: values.KEEP_ALIVE_SECONDS,
    publicUrl,
    allowedOrigins: values.ALLOWED_ORIGINS,
    appName: values.APP_NAME,
    connectReturnUrls: values.CONNECT_RETURN_URLS,
    trustProxy: values.TRUST_PROXY,
    signUp: values.SIGN_UP,
    databaseUrl: values.DATABASE_URL,
    migrationUrl: values.MIGRATION_DATABASE_URL,
    databaseSchema: values.DATABASE_SCHEMA,
    authSecret: values.AUTH_SECRET,
    keys: values.ENCRYPTION_KEYS,
    serviceKeys: values.SERVICE_KEYS,
    serviceCallsPerMinute: values.SERVICE_CALLS_PER_MINUTE,
    codeLimits: { perRecipient: values.CODES_PER_NUMBER ?? usualPerNumber(values), perMinute: values.CODES_PER_MINUTE },
    sandboxUrl: values.SANDBOX_URL,
    proxy: proxy.proxy,
    workers: values.WORKERS,
    logLevel: values.LOG_LEVEL,
    providers,
    pageDirectory: fileURLToPath(new URL("../../../web/dist", import.meta.url)),
  };
}

/** How many codes a number gets in an hour. The sandbox's phones are few, and disturb nobody. */
function usualPerNumber({ SANDBOX_URL }: Environment): number {
  return SANDBOX_URL === undefined ? 5 : 20;
}

/** What a program needs that only reads or seals what is stored. */
export function readStorage(env: NodeJS.ProcessEnv): Pick<Config, "databaseUrl" | "databaseSchema" | "keys"> {
  const parsed = environment
    .pick({ DATABASE_URL: true, DATABASE_SCHEMA: true, ENCRYPTION_KEYS: true })
    .safeParse(withoutEmpty(env));
  if (!parsed.success) throw refusal(linesOf(parsed.error));
  const { DATABASE_URL, DATABASE_SCHEMA, ENCRYPTION_KEYS } = parsed.data;
  return { databaseUrl: DATABASE_URL, databaseSchema: DATABASE_SCHEMA, keys: ENCRYPTION_KEYS };
}

/** An empty value in a .env file means that there is none. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.Dict<string> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
}

function linesOf({ issues }: z.ZodError): string[] {
  return issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

function wrongAddresses(
  { ALLOWED_ORIGINS, CONNECT_RETURN_URLS, PUBLIC_URL, NODE_ENV }: Environment,
  publicUrl: URL,
): string[] {
  if (PUBLIC_URL === undefined && NODE_ENV === "production") {
    return [`PUBLIC_URL: ${originRule}; it is the address that users open`];
  }
  const addresses: [string, URL][] = [
    ["PUBLIC_URL", publicUrl],
    ...ALLOWED_ORIGINS.map((text): [string, URL] => ["ALLOWED_ORIGINS", new URL(text)]),
    ...CONNECT_RETURN_URLS.map((url): [string, URL] => ["CONNECT_RETURN_URLS", url]),
  ];
  return addresses
    .filter(([, url]) => url.protocol !== "https:" && !isLoopback(url.hostname))
    .map(([name, url]) => `${name}: ${url.origin} must begin with https://`);
}

/** The sandbox lets anybody in, so nothing real may stand beside it. */
function wrongSandbox({ SANDBOX_URL, NODE_ENV }: Environment, publicUrl: URL, { clients }: ProviderConfig): string[] {
  if (SANDBOX_URL === undefined) return [];
  const wrong: string[] = [];
  if (!isLoopback(new URL(SANDBOX_URL).hostname)) wrong.push("SANDBOX_URL: must be on this machine (127.0.0.1)");
  if (NODE_ENV === "production") wrong.push("SANDBOX_URL: not together with NODE_ENV=production");
  if (!isLoopback(publicUrl.hostname)) wrong.push("SANDBOX_URL: not together with a PUBLIC_URL that others can reach");
  for (const [id, client] of Object.entries(clients)) {
    if (client && !client.id.includes("sandbox")) {
      wrong.push(`${id.toUpperCase()}_CLIENT_ID: a real client id, which must not be used with SANDBOX_URL`);
    }
  }
  return wrong;
}

function refusal(lines: string[]): ConfigError {
  return new ConfigError(["Patchbay cannot start. Please mend in its environment:", ...lines].join("\n  "));
}
