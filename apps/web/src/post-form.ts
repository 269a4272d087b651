import { parseRefusedResponse } from "./failure.ts";
import type { Failure } from "./sentences.ts";

/** Sends a form to the API over REST. Returns why it failed. Values are kept nowhere. */
export async function postForm(path: string, values: Record<string, string>): Promise<Failure | undefined> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(values),
  }).catch(() => undefined);
  if (response?.ok) return undefined;
  const body: unknown = await response?.json().catch(() => undefined);
  return parseRefusedResponse(response, body);
}
