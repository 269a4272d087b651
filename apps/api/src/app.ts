import { ConnectError } from "@patchbay/core/errors";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import type { Services } from "./services.ts";
import { createInstallPage } from "./channels/begin.ts";
import { createChannels, createCallbacks } from "./channels/router.ts";
import type { Config } from "./config/config.ts";
import { sendFailure, sendThrown } from "./http/failures.ts";
import { sentencesOfFields, sentencesOfSignIn } from "./http/sentences.ts";
import { normalizeForwarded } from "./http/client-address.ts";
import { createGuard } from "./http/guard.ts";
import { createHealth, type Health } from "./http/health.ts";
import { setNoStore } from "./http/no-store.ts";
import { refuseMethod } from "./http/refuse-method.ts";
import { createRequestLog } from "./http/request-log.ts";
import { createSecurityHeaders } from "./http/security.ts";
import type { Log } from "./log.ts";
import type { ServiceKeyAuth } from "./backend-api/service-key-auth.ts";
import { createBackendApi } from "./backend-api/router.ts";
import { createSignInPaths } from "./sign-in/router.ts";
import { appRouter } from "./trpc/router.ts";
import { logProcedureError, type Context } from "./trpc/trpc.ts";
import { createWebhooks } from "./webhooks/router.ts";

export interface AppDeps {
  config: Pick<Config, "publicUrl" | "allowedOrigins" | "trustProxy">;
  services: Services;
  page: RequestHandler;
  health: Health;
  serviceKeyAuth: ServiceKeyAuth;
}

/** The whole of what is served, in the order in which it is asked. */
export function createApp({ config, services, page, health, serviceKeyAuth }: AppDeps): Express {
  const { log } = services;
  const app = express();
  // What stands in front may close a path to the outside; written otherwise, it must be none of ours.
  app.enable("case sensitive routing").disable("x-powered-by").disable("etag");
  app.set("trust proxy", config.trustProxy).set("query parser", false);
  app.use(createHealth(health));
  app.use(normalizeForwarded);
  app.use(createRequestLog(log), createSecurityHeaders(config.publicUrl.protocol === "https:"));
  app.use(refuseTrace);
  app.use("/api", setNoStore);
  app.use("/api/v1/connections", createBackendApi(services, serviceKeyAuth));
  app.use("/api/v1/webhooks", createWebhooks(services.receiver));
  app.use("/api/v1/channels", createCallbacks(services));
  app.use("/api", createGuard(config.publicUrl.origin, config.allowedOrigins));
  app.use("/api/auth", createSignInPaths(services), createErrorHandler(log, sentencesOfSignIn));
  app.use("/api/v1/channels", createChannels(services));
  app.use("/api/trpc", createTrpc(services));
  app.use("/api", nothingHere);
  app.get("/", createInstallPage(services, config.publicUrl));
  app.use(page);
  app.use(nothingHere);
  app.use(createErrorHandler(log));
  return app;
}

const nothingHere: RequestHandler = (_request, response) => {
  sendFailure(response, new ConnectError("not_found", "nothing here"));
};

const notTrace = refuseMethod("GET, HEAD, POST");

/** It would send a request's own headers back (RFC 9110, 9.3.8), and the libraries below have no answer to it. */
const refuseTrace: RequestHandler = (request, response, next) => {
  if (request.method === "TRACE") void notTrace(request, response, next);
  else next();
};

const maxBatch = 20;

function createTrpc(calls: Services): RequestHandler {
  const trpc = createExpressMiddleware({
    router: appRouter,
    createContext: ({ req, res }): Context => ({ calls, request: req, response: res }),
    maxBodySize: 65_536,
    // Its own takes the place of what the guard has said.
    responseMeta: () => ({ headers: new Headers({ vary: "Origin" }) }),
    onError: ({ error, path }) => logProcedureError(calls.log, error, path),
  });
  return (request, response, next) => {
    if (countCalls(request.path) <= maxBatch) trpc(request, response, next);
    else sendFailure(response, new ConnectError("invalid_request", "too many calls in one batch", { field: "path" }));
  };
}

/** As tRPC counts them: it decodes the path first, so that a comma may come as %2C. */
function countCalls(path: string): number {
  try {
    return decodeURIComponent(path).split(",").length;
  } catch {
    return Infinity;
  }
}

function createErrorHandler(log: Log, ofFields = sentencesOfFields): ErrorRequestHandler {
  // oxlint-disable-next-line max-params -- four parameters are how Express knows an error handler
  return (thrown: unknown, _request, response, next) => {
    if (response.headersSent) return next(thrown);
    sendThrown(response, thrown, { log, id: String(response.locals["requestId"]), ofFields });
  };
}
