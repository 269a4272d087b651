import type { IncomingMessage } from "node:http";
import { ConnectError } from "@patchbay/core/errors";
import type { Operation } from "./operation.ts";
import { maxJsonBytes, readJsonBody } from "../http/body.ts";

/** Reads what an operation is called with, as its schemas parse it. Throws `invalid_request`, or a ZodError. */
export async function readCall(
  { params, query, headers, body }: Operation,
  request: IncomingMessage,
  { path, url }: { path: Readonly<Record<string, unknown>>; url: string },
) {
  return {
    params: params?.parse(path),
    query: query?.parse(readQuery(url)),
    headers: headers?.parse(request.headers),
    body: body?.parse(await readJsonBody(request, maxJsonBytes)),
  };
}

/** The parameters of a query. Those with a dot in their name are put together: `tag.plan=pro` is `{ tag: { plan: "pro" } }`. */
function readQuery(url: string): Record<string, unknown> {
  const { searchParams } = new URL(url, "http://localhost");
  const read = new Map<string, string | Map<string, string>>();
  for (const [name, value] of searchParams) {
    const [prefix = "", ...rest] = name.split(".");
    const key = rest.join(".");
    const before = read.get(prefix);
    const group = before instanceof Map && rest.length > 0 ? before : new Map<string, string>();
    if (before !== undefined && (before !== group || group.has(key)))
      throw new ConnectError("invalid_request", "repeated", { field: name });
    read.set(prefix, rest.length > 0 ? group.set(key, value) : value);
  }
  const entries = [...read].map(([name, value]) => [name, value instanceof Map ? Object.fromEntries(value) : value]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}
