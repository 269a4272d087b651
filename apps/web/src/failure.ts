import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "@patchbay/api/router";
import { type Failure, type FailureCode, isFailureCode } from "./sentences.ts";

/** What an error of a call means to the user. Anything that is not a known failure has no code. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof TRPCClientError)) return { code: null };
  const { data, meta } = error as TRPCClientError<AppRouter>;
  if (!data) return refusalOf(meta?.["response"], meta?.["responseJSON"]);
  return {
    code: codeOf(data.failure),
    ...(data.retryAfter !== undefined && { retryAfter: data.retryAfter }),
    ...(data.field !== undefined && { field: data.field }),
    ...(data.account && { account: data.account }),
    ...(data.reason !== undefined && { reason: data.reason }),
  };
}

export function isSignedOut(error: unknown): boolean {
  return failureOf(error).code === "unauthenticated";
}

/** An answer that came from before the router (a limit, a guard, a proxy), or none at all. */
function refusalOf(response: unknown, body: unknown): Failure {
  if (!(response instanceof Response)) return { code: null, offline: true };
  const code = typeof body === "object" && body !== null && "code" in body ? codeOf(body.code) : null;
  const seconds = Number(response.headers.get("retry-after"));
  return { code: response.status === 429 ? "too_many_requests" : code, ...(seconds > 0 && { retryAfter: seconds }) };
}

function codeOf(value: unknown): FailureCode | null {
  return typeof value === "string" && isFailureCode(value) ? value : null;
}
