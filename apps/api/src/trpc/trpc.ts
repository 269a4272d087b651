import type { IncomingMessage, ServerResponse } from "node:http";
import { failures, type ConnectError, type FailureCode, type SignedInAccount } from "@patchbay/core/errors";
import { isLoginReason, type LoginReason } from "@patchbay/core/login-reasons";
import { initTRPC, TRPCError } from "@trpc/server";
import type { Sessions } from "../http/session.ts";
import { logFailure, type Log } from "../log.ts";
import { toConnectError, failureBody } from "../http/failures.ts";

/** What a procedure knows of the request that called it. */
export interface Context {
  sessions: Sessions;
  request: IncomingMessage;
  response: ServerResponse;
}

/** What `error.data` holds besides tRPC's own. */
export interface FailureData {
  failure: FailureCode | null;
  retryAfter?: number;
  field?: string;
  /** Which account the user signed in to at the provider, and whether it is a working connection of theirs. */
  account?: SignedInAccount;
  /** Why a login in steps was refused. */
  reason?: LoginReason;
}

const t = initTRPC.context<Context>().create({
  // It would add a stack to what the formatter below takes apart again.
  isDev: false,
  // What stands in front must not take a quiet stream for a dead one.
  sse: { ping: { enabled: true, intervalMs: 15_000 } },
  errorFormatter({ shape, error }) {
    const failure = toConnectError(error.cause ?? error);
    const data: FailureData = {
      failure: failure?.code ?? null,
      ...(failure?.retryAfter !== undefined && { retryAfter: failure.retryAfter }),
      ...(failure?.field !== undefined && { field: failure.field }),
      ...(failure?.account && { account: failure.account }),
      ...(isLoginReason(failure?.reason) && { reason: failure.reason }),
    };
    const { code, httpStatus, path } = shape.data;
    const message = failure ? failureBody(failure).message : "Something went wrong on our side. Please try again.";
    return { ...shape, message, data: { code, httpStatus: failure?.status ?? httpStatus, path, ...data } };
  },
});

/** Makes a router of procedures. */
export const { router } = t;

type FailureStatus = (typeof failures)[FailureCode]["status"];

/** tRPC has no code for 410; the formatter above keeps the failure's own status. */
const trpcCodes = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  410: "NOT_FOUND",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  500: "INTERNAL_SERVER_ERROR",
  502: "BAD_GATEWAY",
  503: "SERVICE_UNAVAILABLE",
} as const satisfies Record<FailureStatus, TRPCError["code"]>;

/** A procedure whose failures keep our code and HTTP status. */
export const procedure = t.procedure.use(({ next }) => keepFailure(() => next()));

/** A procedure of a caller with a well signed session. The statement that uses the session tells whether it is live. */
export const sessionProcedure = t.procedure.use(({ ctx, next }) =>
  keepFailure(() => next({ ctx: { caller: ctx.sessions.require(ctx.request) } })),
);

/** A procedure that begins something in this browser, which gets a cookie if it has none. */
export const browserProcedure = t.procedure.use(({ ctx, next }) =>
  keepFailure(() => next({ ctx: { caller: ctx.sessions.requireWithBrowser(ctx.request, ctx.response) } })),
);

type MiddlewareResult = { ok: true } | { ok: false; error: TRPCError };

/** Each middleware costs tRPC a copy of its options, so that a procedure has one, which does both. */
async function keepFailure<Result extends MiddlewareResult>(call: () => Promise<Result>): Promise<Result> {
  try {
    const result = await call();
    if (result.ok) return result;
    throw result.error;
  } catch (thrown) {
    const failure = toConnectError(thrown instanceof TRPCError ? thrown.cause : thrown);
    throw failure === undefined ? thrown : toTrpcError(failure);
  }
}

/** Without a stack, as the failure itself has none. */
function toTrpcError(failure: ConnectError): TRPCError {
  const deepest = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return new TRPCError({ code: trpcCodes[failures[failure.code].status], cause: failure });
  } finally {
    Error.stackTraceLimit = deepest;
  }
}

/** Logs what a procedure threw: a failure of ours as loudly as it matters, a bug with its stack. */
export function logProcedureError(log: Log, error: TRPCError, path: string | undefined): void {
  const failure = toConnectError(error.cause);
  if (failure !== undefined) logFailure(log, failure, { path });
  else if (error.code === "INTERNAL_SERVER_ERROR") log.error({ err: error.cause ?? error, path }, "procedure failed");
}
