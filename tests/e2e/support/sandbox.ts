import { type Apps, buildEnvironment } from "@patchbay/sandbox/environment";
import { sandboxUrl } from "./addresses.ts";

/** The environment that makes an API the sandbox's client. */
export async function clientEnvironment(): Promise<Record<string, string>> {
  return buildEnvironment((await (await fetch(`${sandboxUrl}/_/apps`)).json()) as Apps);
}

/** Makes the next matching request at a provider go wrong. */
export const fail = (fault: Record<string, unknown>): Promise<void> => post("fail", fault);

/** Alters how a provider behaves. */
export const alter = (change: Record<string, unknown>): Promise<void> => post("set", change);

/** What was ordered to go wrong at a host and has not yet, never will. */
export const mend = (host: string): Promise<void> => post("mend", { host });

async function post(name: string, body: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${sandboxUrl}/_/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

type Counts = { summary: Record<string, { codeExchanges: number; maxUsesOfOneCode: number }> };

/** How often the most used code of a provider was exchanged: never more than once. */
export async function usesOfOneCode(provider: string): Promise<number> {
  const { summary } = (await (await fetch(`${sandboxUrl}/_/calls`)).json()) as Counts;
  return summary[provider]?.maxUsesOfOneCode ?? 0;
}
