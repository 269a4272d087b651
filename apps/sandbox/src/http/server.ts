import express, { type Express, type ErrorRequestHandler } from "express";
import { type ControlRouterDeps, createControlRouter } from "../control/router.ts";
import { knownHostOnly } from "../control/guard.ts";
import { createProviderHandler } from "./handler.ts";
import { renderFrontPage } from "../page/front.ts";
import { buildContentPolicy } from "../page/layout.ts";
import { createPhonePages } from "../telegram/phone-pages.ts";

/** Creates the HTTP server: the front page, the control API, and the providers. */
export function createServer(control: ControlRouterDeps, log: (line: string) => void): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(knownHostOnly);
  app.use(express.text({ type: () => true, limit: "1mb" }));
  app.use("/_", createControlRouter(control));
  app.get("/", (_request, response) => {
    response
      .set("content-security-policy", buildContentPolicy([]))
      .type("html")
      .send(renderFrontPage(control.providers));
  });
  if (control.telegram) app.use("/telegram", createPhonePages(control.telegram.accounts));
  app.use(createProviderHandler(control));
  app.use(createErrorHandler(log));
  return app;
}

const statusOf = (error: unknown): number =>
  typeof error === "object" && error !== null && "status" in error && typeof error.status === "number"
    ? error.status
    : 500;

/** An unreadable body is the caller's fault. Any other error is a bug of the sandbox and is logged. */
function createErrorHandler(log: (line: string) => void): ErrorRequestHandler {
  // Express recognises an error handler by its four parameters.
  // oxlint-disable-next-line max-params
  return (error: unknown, _request, response, next) => {
    const status = statusOf(error);
    if (status >= 500) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (response.headersSent) return next(error);
    response.status(status).json({
      message: status < 500 ? "The sandbox could not read this request." : "The sandbox failed; see its log.",
    });
  };
}
