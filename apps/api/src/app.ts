import { ConnectError } from "@patchbay/core/errors";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import type { Services } from "./services.ts";
import { createInstallPage } from "./channels/begin.ts";
import { createChannels, createCallbacks } from "./channels/router.ts";
import { createOpen } from "./connect-sessions/open.ts";
import { sendFailure, sendThrown } from "./http/failures.ts";
import { sentencesOfFields, sentencesOfSignIn } from "./http/sentences.ts";
import { maxJsonBytes } from "./http/body.ts";
import type { GetClientAddress } from "./http/client-address.ts";
import { createHealth, type Health } from "./http/health.ts";
import { setNoStore } from "./http/no-store.ts";
import type { OriginPolicy } from "./http/origin-policy.ts";
import { createRequestLog } from "./http/request-log.ts";
import type { Log } from "./log.ts";
import type { ServiceKeyAuth } from "./backend-api/service-key-auth.ts";
import { operations } from "./backend-api/operations.ts";
import { createBackendApi } from "./backend-api/router.ts";
import { buildDocument } from "./openapi/document.ts";
import { createDocs } from "./openapi/router.ts";
import { createSignInPaths } from "./sign-in/router.ts";
import { findProcedureType, parseCallPaths } from "./trpc/call-paths.ts";
import type { AppRouter } from "./trpc/router.ts";
import { logProcedureError, type Context } from "./trpc/trpc.ts";

/** What Express serves. */
export interface AppDeps {
  publicUrl: URL;
  services: Services;
  router: AppRouter;
  originPolicy: OriginPolicy;
  securityHeaders: Readonly<Record<string, string>>;
  getClientAddress: GetClientAddress;
  page: RequestHandler;
  health: Health;
  serviceKeyAuth: ServiceKeyAuth;
}

/** Builds the routes of Express, in the order in which they are asked. The fast path in front has the hot ones. */
export function createApp({ publicUrl, services, router, originPolicy, securityHeaders, ...deps }: AppDeps): Express {
  const { log } = services;
  const app = express();
  // A proxy in front may close a path to the outside, so that no other spelling of that path may be one of ours.
  app.enable("case sensitive routing").disable("x-powered-by").disable("etag").set("query parser", false);
  app.use(createHealth(deps.health));
  app.use(createRequestLog(log), createHeaders(securityHeaders));
  app.use("/api", setNoStore);
  app.use(
    "/api",
    createDocs(() => buildDocument(operations)),
  );
  app.use("/api/v1", createBackendApi(services, deps.serviceKeyAuth, operations));
  app.use("/api/v1/channels", createCallbacks(services));
  app.use("/api", createOriginGuard(originPolicy));
  app.post("/api/v1/connect/open", createOpen(services));
  app.use("/api/auth", createSignInPaths(services, deps.getClientAddress), createErrorHandler(log, sentencesOfSignIn));
  app.use("/api/v1/channels", createChannels(services));
  app.use("/api/trpc", createTrpc(router, services));
  app.use("/api", nothingHere);
  app.get("/", createInstallPage(services, publicUrl));
  app.use(deps.page);
  app.use(nothingHere);
  app.use(createErrorHandler(log));
  return app;
}

const nothingHere: RequestHandler = (_request, response) => {
  sendFailure(response, new ConnectError("not_found", "nothing here"));
};

function createHeaders(headers: Readonly<Record<string, string>>): RequestHandler {
  return (_request, response, next) => {
    response.set(headers);
    next();
  };
}

/** Applies the policy about origins to every route after it. */
function createOriginGuard(originPolicy: OriginPolicy): RequestHandler {
  return (request, response, next) => {
    response.vary("Origin");
    if (originPolicy.admit(request, response)) next();
  };
}

/** The mutations and the subscriptions. The fast path has the queries. */
function createTrpc(router: AppRouter, { sessions, log }: Pick<Services, "sessions" | "log">): RequestHandler {
  const trpc = createExpressMiddleware({
    router,
    createContext: ({ req, res }): Context => ({ sessions, request: req, response: res }),
    maxBodySize: maxJsonBytes,
    // tRPC's own header takes the place of the one that the origin guard has set.
    responseMeta: () => ({ headers: new Headers({ vary: "Origin" }) }),
    onError: ({ error, path }) => logProcedureError(log, error, path),
  });
  return (request, response, next) => {
    const isQuery = parseCallPaths(request.path.slice(1)).some((name) => findProcedureType(router, name) === "query");
    if (isQuery && request.method === "GET") next();
    else trpc(request, response, next);
  };
}

function createErrorHandler(log: Log, ofFields = sentencesOfFields): ErrorRequestHandler {
  // oxlint-disable-next-line max-params -- four parameters are how Express knows an error handler
  return (thrown: unknown, _request, response, next) => {
    if (response.headersSent) return next(thrown);
    sendThrown(response, thrown, { log, id: String(response.locals["requestId"]), ofFields });
  };
}
