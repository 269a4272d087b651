import type { AppRouter } from "@patchbay/api/router";
import { TRPCClientError } from "@trpc/client";
import { type Failure, type FailureCode, isFailureCode } from "./sentences.ts";

/** Parses the error of a call. An error that the page does not know has no code. */
export function parseFailure(error: unknown): Failure {
  if (!(error instanceof TRPCClientError)) return { code: null };
  const { data, meta } = error as TRPCClientError<AppRouter>;
  const response = meta?.["response"];
  if (!data) return parseRefusedResponse(response instanceof Response ? response : undefined, meta?.["responseJSON"]);
  return {
    code: parseFailureCode(data.failure),
    ...(data.retryAfter !== undefined && { retryAfter: data.retryAfter }),
    ...(data.field !== undefined && { field: data.field }),
    ...(data.account && { account: data.account }),
    ...(data.reason !== undefined && { reason: data.reason }),
  };
}

/** Whether a call failed because the user is signed out. */
export function isSignedOut(error: unknown): boolean {
  return parseFailure(error).code === "unauthenticated";
}

/** Parses a response that did not come through the router: of REST, of a guard in front, of a proxy, or none at all. */
export function parseRefusedResponse(response: Response | undefined, body: unknown): Failure {
  if (!response) return { code: null, offline: true };
  const { code, field } = isRecord(body) ? body : {};
  const seconds = Number(response.headers.get("retry-after") ?? response.headers.get("x-retry-after"));
  return {
    code: response.status === 429 ? "too_many_requests" : parseFailureCode(code),
    ...(seconds > 0 && { retryAfter: seconds }),
    ...(typeof field === "string" && { field }),
  };
}

const isRecord = (body: unknown): body is Record<string, unknown> => typeof body === "object" && body !== null;

function parseFailureCode(value: unknown): FailureCode | null {
  return typeof value === "string" && isFailureCode(value) ? value : null;
}
