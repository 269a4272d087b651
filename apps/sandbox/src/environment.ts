import type { Apps } from "./control/schemas/reports.ts";

/** Builds the variables in which Patchbay expects each provider's credentials: `ZOOM_CLIENT_ID` and so on. */
export function buildEnvironment(apps: Apps): Record<string, string> {
  const entries = Object.entries(apps).flatMap(([provider, app]) =>
    Object.entries(app)
      .filter(([, value]) => typeof value === "string" || typeof value === "number")
      .map(([field, value]): [string, string] => [`${provider}_${toSnakeCase(field)}`.toUpperCase(), String(value)]),
  );
  return Object.fromEntries(entries);
}

const toSnakeCase = (camel: string): string => camel.replace(/[A-Z]/g, (letter) => `_${letter}`);
