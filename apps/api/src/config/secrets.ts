const ofOurs = new Set(["DATABASE_URL", "MIGRATION_DATABASE_URL", "AUTH_SECRET", "ENCRYPTION_KEYS", "SERVICE_KEYS"]);

const ofProviders = /^(?:CALENDLY|PAYPAL|SHOPIFY|STRIPE|ZOOM|TELEGRAM)_(?:\w+_)?(?:SECRET|KEY|HASH|PROXY)$/;

/**
 * Takes out of an environment what was read from it and is secret: it would go to each program that this process starts, and
 * into its reports.
 */
export function forgetSecrets(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env)) if (ofOurs.has(name) || ofProviders.test(name)) delete env[name];
}
