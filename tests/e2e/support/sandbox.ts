import { sandboxUrl } from "./addresses.ts";

/** The environment that makes an API the sandbox's client. */
export async function clientEnvironment(): Promise<Record<string, string>> {
  const apps = (await (await fetch(`${sandboxUrl}/_/apps`)).json()) as Record<string, Record<string, unknown>>;
  const entries = Object.entries(apps).flatMap(([id, app]) =>
    Object.entries(app)
      .filter(([, value]) => typeof value === "string" || typeof value === "number")
      .map(([field, value]): [string, string] => [`${id}_${snake(field)}`.toUpperCase(), String(value)]),
  );
  return Object.fromEntries(entries);
}

const snake = (camel: string): string => camel.replace(/[A-Z]/g, (letter) => `_${letter}`);

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
