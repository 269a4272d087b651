/** The apps of `GET /_/apps`, by provider. */
export type Apps = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The apps as the variables in which Patchbay expects a provider's credentials: `ZOOM_CLIENT_ID`, and so on. */
export function environmentOf(apps: Apps): Record<string, string> {
  const entries = Object.entries(apps).flatMap(([provider, app]) =>
    Object.entries(app)
      .filter(([, value]) => typeof value === "string" || typeof value === "number")
      .map(([field, value]): [string, string] => [`${provider}_${snake(field)}`.toUpperCase(), String(value)]),
  );
  return Object.fromEntries(entries);
}

const snake = (camel: string): string => camel.replace(/[A-Z]/g, (letter) => `_${letter}`);
