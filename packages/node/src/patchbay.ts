import type { Erasure } from "./answers.ts";
import { createConnections } from "./connections.ts";
import { parseErasure } from "./parse.ts";
import { segment } from "./path.ts";
import { createSender } from "./request.ts";
import { createSessions } from "./sessions.ts";

/** How to reach Patchbay. */
export interface PatchbayOptions {
  /** Where Patchbay is, such as https://connect.example.com. */
  url: string;
  /** The service key, from the environment of the program. Undefined, as where the variable is not set, is refused. */
  key: string | undefined;
  /** How long one request may take, in milliseconds. */
  timeoutMs?: number;
  /** How often a call that may be repeated is repeated. */
  maxRetries?: number;
  /** In place of the global `fetch`, for a proxy or a test. */
  fetch?: typeof fetch;
}

const defaultTimeoutMs = 30_000;
const defaultMaxRetries = 2;

/**
 * Creates a client of Patchbay, for a back end and never for a browser. Throws a TypeError for options that cannot work. Calls
 * throw `PatchbayError`.
 */
export function createPatchbay({
  url,
  key,
  timeoutMs = defaultTimeoutMs,
  maxRetries = defaultMaxRetries,
  fetch = globalThis.fetch,
}: PatchbayOptions) {
  const send = createSender({ origin: parseOrigin(url), key: parseKey(key), timeoutMs, maxRetries, fetch });
  return {
    sessions: createSessions(send),
    connections: createConnections(send),
    users: {
      /** Ends every access of a user at its provider, and erases all that is stored of them. Right: `manage`. */
      async erase(id: string): Promise<Erasure> {
        return parseErasure(await send({ method: "DELETE", path: `users/${segment(id)}` }));
      },
    },
  };
}

/** A client of Patchbay. */
export type Patchbay = ReturnType<typeof createPatchbay>;

function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (!isOrigin) throw new TypeError("url must be the address of Patchbay, such as https://connect.example.com.");
  return url.origin;
}

/** A header with another character would be refused by `fetch` with an error that quotes it. */
function parseKey(key: unknown): string {
  if (typeof key === "string" && /^[\x21-\x7e]+$/.test(key)) return key;
  throw new TypeError(
    "key must be a service key of Patchbay: it is empty, or has a space or a character beyond ASCII.",
  );
}
