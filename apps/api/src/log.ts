import type { ConnectError, FailureCode } from "@patchbay/core/errors";
import { pino, type LogFn, type Logger, type LoggerOptions } from "pino";
import { cleanStack, cleanText, cleanValue } from "./log-text.ts";

/** The log of a process. */
export type Log = Logger;

/**
 * The log. It gets names, codes and stacks, never a body, a header, a query or a cookie; the list below is a second line
 * behind that. Whatever a text in it came from, it is bounded, and holds no character that a terminal obeys.
 */
export function createLog(level: string): Log {
  return pino(logOptions(level));
}

/** Builds the options of the log. */
export function logOptions(level: string): LoggerOptions {
  return {
    level,
    base: { service: "patchbay" },
    serializers: { err: describeError },
    hooks: {
      logMethod(args, method) {
        method.apply(this, args.map((part: unknown) => cleanValue(part)) as Parameters<LogFn>);
      },
    },
    redact: {
      paths: ["*.authorization", "*.cookie", "*.code", "*.state", "*.accessToken", "*.refreshToken", "*.secret"],
      censor: "[kept out]",
    },
  };
}

const levels: Partial<Record<FailureCode, "debug" | "warn" | "error">> = {
  // The line of the request shows them.
  unauthenticated: "debug",
  origin_refused: "debug",
  method_not_allowed: "debug",
  provider_misconfigured: "error",
  database_unavailable: "error",
  internal: "error",
  provider_misbehaved: "warn",
  provider_unavailable: "warn",
  outcome_unknown: "warn",
};

/** Logs a failure at the level that tells the operator whether they have to act: `error` if they do, `info` for a user's mistake. */
export function logFailure(log: Log, failure: ConnectError, context: Record<string, unknown>): void {
  const { code, message, cause, clockDifference } = failure;
  const level = clockDifference === undefined ? (levels[code] ?? "info") : "warn";
  log[level]({ ...context, failure: code, reason: message, clockDifference, err: cause }, `request failed: ${code}`);
}

const maxCauseDepth = 4;
const maxErrors = 5;

/** An error without its own properties: libraries hang requests, answers and parameters on them. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const failure = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return {
    type: cleanText(error.name),
    message: cleanText(error.message),
    ...(failure !== undefined && { failure: cleanText(failure) }),
    stack: cleanStack(error.stack ?? ""),
    ...(error.cause !== undefined && depth < maxCauseDepth && { cause: describeError(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && depth < maxCauseDepth && { errors: describeErrors(error, depth + 1) }),
  };
}

function describeErrors({ errors }: AggregateError, depth: number): unknown[] {
  return errors.slice(0, maxErrors).map((error: unknown) => describeError(error, depth));
}
