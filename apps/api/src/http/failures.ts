import { ConnectError } from "@patchbay/core/errors";
import type { Response } from "express";
import { ZodError } from "zod";
import { sentences, sentencesOfFields } from "./sentences.ts";

/** The body of every failure of the REST paths. */
export interface FailureBody {
  message: string;
  code: string;
  field?: string;
  attemptsLeft?: number;
  /** Why a connection needs to be reconnected. */
  reason?: string;
}

/** An error of ours for whatever was thrown while reading a request; undefined for what is a bug. */
export function asConnectError(thrown: unknown): ConnectError | undefined {
  if (thrown instanceof ConnectError) return thrown;
  if (thrown instanceof ZodError) {
    const field = thrown.issues[0]?.path.join(".") || "body";
    return new ConnectError("invalid_request", `not as it should be: ${field}`, { field });
  }
  // Express's own parsers: malformed JSON, a body too large, a path that does not decode.
  if (thrown instanceof Error && "status" in thrown && typeof thrown.status === "number" && thrown.status < 500) {
    return new ConnectError("invalid_request", "the request does not parse", { field: "body" });
  }
  return undefined;
}

export function failureBody({ code, field, reason }: ConnectError): FailureBody {
  const where = code === "invalid_request" && field !== undefined ? ` (${field})` : "";
  const message = sentencesOfFields[`${code} ${field}`] ?? `${sentences[code]}${where}`;
  return { message, code, ...(field !== undefined && { field }), ...(reason !== undefined && { reason }) };
}

/** Answers with a failure as JSON. */
export function sendFailure(response: Response, failure: ConnectError): void {
  if (failure.retryAfter !== undefined) response.set("Retry-After", String(failure.retryAfter));
  if (failure.code === "unauthenticated") response.set("WWW-Authenticate", "Bearer");
  response.status(failure.status).json(failureBody(failure));
}
