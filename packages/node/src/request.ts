import { PatchbayError } from "./error.ts";
import { isRecord } from "./parse.ts";

/** One call of the API. */
export interface Call {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** The path below /api/v1. */
  path: string;
  query?: URLSearchParams;
  body?: unknown;
  /** With it, Patchbay does the same call once, however often it is sent. */
  idempotencyKey?: string | undefined;
  /** Patchbay gives the same answer to the same call by itself. */
  isRepeatable?: boolean;
}

/** How calls are sent. */
export interface SenderOptions {
  origin: string;
  key: string;
  timeoutMs: number;
  maxRetries: number;
  fetch: typeof fetch;
}

/** Sends a call and gives its answer, parsed as JSON. Throws `PatchbayError`. */
export type Send = (call: Call) => Promise<unknown>;

/** A longer wait is left to the caller, who gets `retryAfter`. */
const maxRetryAfterSeconds = 10;
const firstDelayMs = 250;

/** Creates the function that sends calls. It repeats those that may be repeated, and no others. */
export function createSender(options: SenderOptions): Send {
  return async (call) => {
    for (let retries = 0; ; retries += 1) {
      try {
        return await sendOnce(options, call);
      } catch (error) {
        const delayMs = retries < options.maxRetries && mayRepeat(call) ? findDelay(error, retries) : undefined;
        if (delayMs === undefined) throw error;
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
  };
}

/** Reads change nothing (RFC 9110, 9.2.1); an idempotency key makes a write safe to repeat. */
function mayRepeat({ method, idempotencyKey, isRepeatable = false }: Call): boolean {
  return method === "GET" || idempotencyKey !== undefined || isRepeatable;
}

/** How long to wait before a call is repeated, in milliseconds. Undefined: repeating it does not help. */
function findDelay(error: unknown, retries: number): number | undefined {
  if (!(error instanceof PatchbayError)) return undefined;
  const { code, status, retryAfter } = error;
  if (code === "unreachable" || code === "timed_out") return firstDelayMs * 2 ** retries * (0.5 + Math.random());
  if ((status !== 429 && status !== 503) || retryAfter === undefined) return undefined;
  return retryAfter <= maxRetryAfterSeconds ? retryAfter * 1000 : undefined;
}

async function sendOnce({ origin, key, timeoutMs, fetch }: SenderOptions, call: Call): Promise<unknown> {
  const { method, path, query, body, idempotencyKey } = call;
  const address = `${origin}/api/v1/${path}${query?.size ? `?${query.toString()}` : ""}`;
  const headers = new Headers({ accept: "application/json", authorization: `Bearer ${key}` });
  if (body !== undefined) headers.set("content-type", "application/json");
  if (idempotencyKey !== undefined) headers.set("idempotency-key", idempotencyKey);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    // A redirect is an answer of somebody else, who is not given the key.
    const response = await fetch(address, { method, headers, signal, redirect: "manual", ...sent });
    return parseAnswer(response, await response.text());
  } catch (error) {
    if (error instanceof PatchbayError) throw error;
    if (signal.aborted) throw new PatchbayError("timed_out", `${origin} did not answer within ${timeoutMs} ms.`);
    throw new PatchbayError("unreachable", `${origin} does not answer.`, { cause: error });
  }
}

function parseAnswer({ ok, status, headers }: Response, text: string): unknown {
  const answer = parseJson(text);
  if (ok && answer !== undefined) return answer;
  const { code, message, field, reason } = isRecord(answer) ? answer : {};
  if (ok || typeof code !== "string" || typeof message !== "string") {
    throw new PatchbayError("unexpected_answer", `HTTP ${status}, and the answer is not one of Patchbay.`, { status });
  }
  throw new PatchbayError(code, message, {
    status,
    retryAfter: parseSeconds(headers.get("retry-after")),
    field: typeof field === "string" ? field : undefined,
    reason: typeof reason === "string" ? reason : undefined,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseSeconds(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : undefined;
}
