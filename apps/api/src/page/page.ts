import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Router, static as serveFiles } from "express";
import { onlyNavigations } from "../http/quiet.ts";
import { pagePolicy } from "../http/security.ts";
import { preferEncoded } from "./encoded.ts";

const noncePlaceholder = "PATCHBAY_CSP_NONCE";

/**
 * Serves the built page. Its document is the same for every path; each answer has a nonce of its own. Opened under
 * another name than the public one, it sends the browser there: cookies belong to one name.
 */
export async function createPage({ directory, publicUrl }: { directory: string; publicUrl: URL }): Promise<Router> {
  const router = Router();
  const index = join(directory, "index.html");
  const template = existsSync(index) ? await readFile(index, "utf8") : undefined;
  router.use((request, response, next) => {
    if (request.headers.host === publicUrl.host || request.method !== "GET") return next();
    // A path that begins with two slashes would name another host; behind an origin it does not.
    response.redirect(302, `${publicUrl.origin}${request.originalUrl}`);
  });
  const assets = join(directory, "assets");
  router.use(
    "/assets",
    preferEncoded(assets),
    serveFiles(assets, { immutable: true, maxAge: "1y", index: false, redirect: false }),
  );
  router.use(serveFiles(directory, { index: false, redirect: false, maxAge: "1h" }));
  router.get("/", (_request, response) => response.redirect(302, "/integrations"));
  router.get("/{*path}", onlyNavigations, (_request, response) => {
    if (template === undefined) {
      response.status(503).type("text/plain").send("The page has not been built yet: run pnpm build.\n");
      return;
    }
    const nonce = randomBytes(16).toString("base64");
    response
      .set({ "Content-Security-Policy": pagePolicy(nonce), "Cache-Control": "no-store" })
      .type("html")
      .send(template.replaceAll(noncePlaceholder, nonce));
  });
  return router;
}
