import { sandboxUrl } from "./addresses.ts";

type App = { clientId: string; clientSecret?: string; secretKey?: string; environment?: string };

/** The environment that makes an API the sandbox's client. */
export async function clientEnvironment(): Promise<Record<string, string>> {
  const apps = (await (await fetch(`${sandboxUrl}/_/apps`)).json()) as Record<string, App>;
  const entries = Object.entries(apps).flatMap(([id, app]): [string, string | undefined][] => [
    [`${id.toUpperCase()}_CLIENT_ID`, app.clientId],
    [`${id.toUpperCase()}_CLIENT_SECRET`, app.clientSecret],
    [`${id.toUpperCase()}_SECRET_KEY`, app.secretKey],
    [`${id.toUpperCase()}_ENVIRONMENT`, app.environment],
  ]);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Makes the next matching request at a provider go wrong. */
export async function fail(fault: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${sandboxUrl}/_/fail`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(fault),
  });
  if (!response.ok) throw new Error(await response.text());
}

type Counts = { summary: Record<string, { codeExchanges: number; maxUsesOfOneCode: number }> };

/** How often the most used code of a provider was exchanged: never more than once. */
export async function usesOfOneCode(provider: string): Promise<number> {
  const { summary } = (await (await fetch(`${sandboxUrl}/_/calls`)).json()) as Counts;
  return summary[provider]?.maxUsesOfOneCode ?? 0;
}
