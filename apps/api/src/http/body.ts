import type { IncomingMessage } from "node:http";
import { ConnectError } from "@patchbay/core/errors";

/** The largest JSON body of a request by the page or a REST client. */
export const maxJsonBytes = 65_536;
/** The largest body of a token request, which holds at most the id of a lease. */
export const maxTokenRequestBytes = 4_096;
/** Larger than any event that a provider delivers. */
export const maxDeliveryBytes = 1_048_576;

/**
 * Reads a body as it came, without unpacking it. Reads a body that is too large to its end too, so that the client gets the
 * refusal. Throws `invalid_request`.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
    }
  } catch (cause) {
    throw new ConnectError("invalid_request", "the body did not come whole", { field: "body", cause });
  }
  const { "content-encoding": encoding = "identity" } = request.headers;
  if (length > maxBytes) throw new ConnectError("invalid_request", "the body is too large", { field: "body" });
  if (encoding.toLowerCase() !== "identity")
    throw new ConnectError("invalid_request", "the body is packed", { field: "body" });
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** Reads a JSON body; undefined if the body is empty. Throws `invalid_request`. */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  assertJsonBody(request);
  const text = (await readBody(request, maxBytes)).toString("utf8");
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new ConnectError("invalid_request", "the body is no JSON", { field: "body", cause });
  }
}

/** Refuses a body of any type but JSON. Throws `invalid_request`. */
export function assertJsonBody(request: IncomingMessage): void {
  if (!hasBody(request) || jsonType.test(request.headers["content-type"] ?? "")) return;
  throw new ConnectError("invalid_request", "not JSON", { field: "content-type" });
}

const jsonType = /^application\/json[ \t]*(?:;|$)/i;

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
