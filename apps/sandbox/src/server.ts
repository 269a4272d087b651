import express, { type Express, type ErrorRequestHandler } from "express";
import { type Control, controlDoor } from "./control/control.ts";
import { knownHostOnly } from "./control/guard.ts";
import { providerDoor } from "./door.ts";
import { landingPage } from "./page/landing.ts";
import { contentPolicy } from "./page/layout.ts";
import { phonePages } from "./telegram/account/pages.ts";

/** The whole HTTP side: the front page, the control door, and behind every other path a provider. */
export function createServer(control: Control, log: (line: string) => void): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(knownHostOnly);
  app.use(express.text({ type: () => true, limit: "1mb" }));
  app.use("/_", controlDoor(control));
  app.get("/", (_request, response) => {
    response.set("content-security-policy", contentPolicy([])).type("html").send(landingPage(control.faces));
  });
  if (control.telegram) app.use("/telegram", phonePages(control.telegram.accounts));
  app.use(providerDoor(control));
  app.use(lastResort(log));
  return app;
}

const statusOf = (error: unknown): number =>
  typeof error === "object" && error !== null && "status" in error && typeof error.status === "number"
    ? error.status
    : 500;

/** Unreadable bodies are the caller's fault; anything else is a bug of the sandbox and is said aloud. */
function lastResort(log: (line: string) => void): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
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
