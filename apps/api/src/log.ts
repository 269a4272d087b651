import { pino, type Logger, type LoggerOptions } from "pino";

export type Log = Logger;

/**
 * The log. It gets names, codes and stacks, never a body, a header, a query or a cookie; the list below is a second line
 * behind that.
 */
export function createLog(level: string): Log {
  return pino(logOptions(level));
}

export function logOptions(level: string): LoggerOptions {
  return {
    level,
    base: { service: "patchbay" },
    serializers: { err: describeError },
    redact: {
      paths: ["*.authorization", "*.cookie", "*.code", "*.state", "*.accessToken", "*.refreshToken", "*.secret"],
      censor: "[kept out]",
    },
  };
}

const deepestCause = 4;

/** An error without its own properties: libraries hang requests, answers and parameters on them. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const failure = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(failure !== undefined && { failure }),
    stack: error.stack,
    ...(error.cause !== undefined && depth < deepestCause && { cause: describeError(error.cause, depth + 1) }),
  };
}
