import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Router, static as serveFiles, type ErrorRequestHandler, type RequestHandler } from "express";
import { rejectPrefetch } from "../http/prefetch.ts";
import { pagePolicy } from "../http/security.ts";
import type { Log } from "../log.ts";
import { escapeHtml } from "./escape-html.ts";
import { preferEncoded } from "./prefer-encoded.ts";
import { requirePublicHost } from "./require-public-host.ts";

const noncePlaceholder = "PATCHBAY_CSP_NONCE";
const appNamePlaceholder = "PATCHBAY_APP_NAME";

/** What the page needs. */
export interface PageDeps {
  /** The built page. */
  directory: string;
  publicUrl: URL;
  /** What the product is called: the document says it, so that the page knows it before it asks for anything. */
  appName: string;
  log: Log;
}

/**
 * Serves the built page. Its document is the same for every path, but is 404 where the page has nothing; each answer has a
 * nonce of its own.
 */
export async function createPage({ directory, publicUrl, appName, log }: PageDeps): Promise<Router> {
  const router = Router({ caseSensitive: true, strict: true });
  const index = join(directory, "index.html");
  const template = existsSync(index)
    ? (await readFile(index, "utf8")).replaceAll(appNamePlaceholder, () => escapeHtml(appName))
    : undefined;
  router.use(requirePublicHost(publicUrl, log));
  const assets = join(directory, "assets");
  router.use(
    "/assets",
    preferEncoded(assets),
    serveFiles(assets, { immutable: true, maxAge: "1y", index: false, redirect: false }),
  );
  const serveFile = serveFiles(directory, { index: false, redirect: false, maxAge: "1h" });
  const files = new Set(existsSync(directory) ? readdirSync(directory, { recursive: true, encoding: "utf8" }) : []);
  // Without a nonce it is no page.
  files.delete("index.html");
  router.use((request, response, next) => {
    if (files.has(request.path.slice(1))) serveFile(request, response, next);
    else next();
  });
  router.use(refuseFile);
  router.get("/", (_request, response) => response.redirect(302, "/integrations"));
  router.get("/{*path}", leaveToOthers, rejectPrefetch, (request, response) => {
    if (template === undefined) {
      response.status(503).type("text/plain").send("The page has not been built yet: run pnpm build.\n");
      return;
    }
    const nonce = randomBytes(16).toString("base64");
    response
      .status(pagePaths.includes(request.path) ? 200 : 404)
      .set({ "Content-Security-Policy": pagePolicy(nonce), "Cache-Control": "no-store" })
      .type("html")
      .send(template.replaceAll(noncePlaceholder, nonce));
  });
  return router;
}

/** Where the page has something to show. */
export const pagePaths = ["/connect", "/integrations", "/sign-in"];

/** Elsewhere it shows a person that there is nothing, and nobody else. */
const leaveToOthers: RequestHandler = (request, _response, next) => {
  const isPerson = request.get("accept")?.includes("text/html") === true;
  next(pagePaths.includes(request.path) || isPerson ? undefined : "router");
};

const fileHeaders = ["Accept-Ranges", "Content-Encoding", "Content-Range", "Content-Type", "ETag", "Last-Modified"];

/** Takes back what was said of a file that is not sent: for want of a condition (RFC 9110 15.5.13) or a range (15.5.17). */
// oxlint-disable-next-line max-params -- four parameters are how Express knows an error handler
const refuseFile: ErrorRequestHandler = (thrown: unknown, _request, response, next) => {
  if (response.headersSent) return next(thrown);
  for (const name of fileHeaders) response.removeHeader(name);
  response.set("Cache-Control", "no-store");
  const status = thrown instanceof Error && "status" in thrown ? thrown.status : undefined;
  if (status === 412 || status === 416) response.status(status).end();
  else next(thrown);
};
