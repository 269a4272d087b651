import { providerNames } from "./providers.ts";

const ofOurs = ["DATABASE_URL", "MIGRATION_DATABASE_URL", "AUTH_SECRET", "ENCRYPTION_KEYS", "SERVICE_KEYS"];

/** Nobody reads them a second time, so that none has to be told apart as secret or not. */
const forgotten: ReadonlySet<string> = new Set([...ofOurs, ...providerNames]);

/**
 * Takes out of an environment what was read from it and is secret: it would go to each program that this process starts, and
 * into its reports.
 */
export function forgetSecrets(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env))
    if (forgotten.has(name) || (/^https?_proxy$/i.test(name) && hasPassword(value))) delete env[name];
}

function hasPassword(value = ""): boolean {
  return value.includes("@");
}
