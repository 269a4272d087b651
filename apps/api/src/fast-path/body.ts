import type { IncomingMessage } from "node:http";
import { ConnectError } from "@patchbay/core/errors";

/** How long a body says that it is; undefined where it does not say, or comes in another encoding than its own. */
export function declaredLength({ headers }: IncomingMessage): number | undefined {
  if (headers["transfer-encoding"] !== undefined || headers["content-encoding"] !== undefined) return undefined;
  const length = headers["content-length"] ?? "0";
  return /^\d{1,9}$/.test(length) ? Number(length) : undefined;
}

/** Reads a body as it came. Node ends a request whose body is not as long as it says. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (cause) {
    throw new ConnectError("invalid_request", "the body did not come whole", { field: "body", cause });
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}
