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
  for (const name of searchParams.keys()) {
    const [value = "", ...others] = searchParams.getAll(name);
    if (others.length > 0) throw new ConnectError("invalid_request", "repeated", { field: name });
    const dot = name.indexOf(".");
    if (dot === -1) read.set(name, value);
    else {
      const prefix = name.slice(0, dot);
      const known = read.get(prefix);
      const group = known instanceof Map ? known : new Map<string, string>();
      read.set(prefix, group.set(name.slice(dot + 1), value));
    }
  }
  return Object.fromEntries(
    [...read].map(([name, value]) => [name, value instanceof Map ? Object.fromEntries(value) : value]),
  );
}
