import type { z } from "zod";
import { ConnectError } from "../errors.ts";
import type { HttpResponse } from "./send-request.ts";
import { OutcomeUnknownError } from "./outcome-unknown.ts";

/** Parses a body as JSON of one shape, or throws `provider_misbehaved`. The body itself is never quoted: it may hold tokens. */
export function parseJsonBody<T>(response: HttpResponse, shape: z.ZodType<T>, what: string): T {
  const parsed = shape.safeParse(tryParseJson(response.text));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join(".") || "(body)").join(", ");
  throw new ConnectError("provider_misbehaved", `${what} answered ${response.status} in another shape: ${fields}`);
}

/** A body as JSON of one shape, whatever the status; undefined where it is anything else. */
export function parseJsonAs<T>({ text }: HttpResponse, shape: z.ZodType<T>): T | undefined {
  return shape.safeParse(tryParseJson(text)).data;
}

/**
 * The failure for an answer that is neither the success nor the refusal that a provider documents. It may be a firewall's
 * or a proxy's: nothing is concluded from it.
 */
export function unrecognizedResponseError({ status }: HttpResponse, what: string): ConnectError {
  return new OutcomeUnknownError("provider_misbehaved", `${what} answered ${status}, and not in its own words`);
}

/** JSON, or undefined where it is none. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Throws `provider_unavailable` for what passes by itself: 408, 429 and 5xx. Retry-After is carried along in seconds. Only
 * 429 says that nothing was done.
 */
export function assertNotTransient(response: HttpResponse, what: string): void {
  const { status, headers } = response;
  if (status !== 408 && status !== 429 && status < 500) return;
  const retryAfter = parseRetryAfter(headers["retry-after"], Date.now());
  const Failure = status === 429 ? ConnectError : OutcomeUnknownError;
  throw new Failure(
    "provider_unavailable",
    `${what} answered ${status}`,
    retryAfter === undefined ? {} : { retryAfter },
  );
}

/** Retry-After as seconds (RFC 9110 10.2.3); Zoom also sends an ISO 8601 moment. Between 1 s and a day. */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined || text === "") return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(86_400, Math.max(1, Math.ceil(seconds))) : undefined;
}
