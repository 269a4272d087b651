/**
 * What the commands with the sandbox read from .env: how a product uses Patchbay. No other setting is read from there, since
 * the credentials of providers and databases in it are real.
 */
export const productVariables: readonly string[] = [
  "APP_NAME",
  "ALLOWED_ORIGINS",
  "CONNECT_RETURN_URLS",
  "SERVICE_KEYS",
];

/** The product's settings: those of the shell, or else of .env, with what the command adds to the lists among them. */
export function buildProductSettings(
  env: NodeJS.ProcessEnv,
  file: NodeJS.Dict<string>,
  added: NodeJS.Dict<string>,
): NodeJS.Dict<string> {
  const settings = productVariables.map((name): [string, string] => {
    const given = env[name] || file[name];
    return [name, [added[name], given].filter(Boolean).join(",")];
  });
  return Object.fromEntries(settings.filter(([, value]) => value !== ""));
}
