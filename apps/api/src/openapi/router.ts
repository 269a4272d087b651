import { fileURLToPath } from "node:url";
import { Router, type RequestHandler } from "express";
import { refuseMethod } from "../http/refuse-method.ts";
import type { OpenApiDocument } from "./document.ts";

/** The page's own files, and no script but from them. The renderer sets styles by script, which needs no exception. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "form-action 'none'",
  "base-uri 'none'",
].join("; ");

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Patchbay API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<main id="api"></main>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`;

/** Nothing can be tried out there: the API refuses browsers, and no page should ask for a service key. */
const startScript = `SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#api",
  supportedSubmitMethods: [],
  plugins: [() => ({ wrapComponents: { authorizeBtn: () => () => null, authorizeOperationBtn: () => () => null } })],
});
`;

/** Serves the OpenAPI document, and the page that shows it: to everybody, and without a request to another host. */
export function createDocs(build: () => OpenApiDocument): Router {
  const router = Router({ caseSensitive: true });
  // Built when it is first asked for: a start does not wait for it.
  let document: OpenApiDocument | undefined;
  const serve = (path: string, handler: RequestHandler) =>
    router.route(path).get(handler).all(refuseMethod("GET", "HEAD"));
  serve("/openapi.json", (_request, response) => void response.json((document ??= build())));
  serve("/docs", (_request, response) => void response.set("Content-Security-Policy", policy).type("html").send(page));
  serve("/docs/start.js", (_request, response) => void response.type("js").send(startScript));
  for (const [name, file] of Object.entries(rendererFiles))
    // pnpm keeps packages below a folder whose name begins with a dot.
    serve(`/docs/${name}`, (_request, response) => response.sendFile(file, { dotfiles: "allow", cacheControl: false }));
  return router;
}

const rendererFiles = {
  "swagger-ui.css": fileURLToPath(import.meta.resolve("swagger-ui-dist/swagger-ui.css")),
  "swagger-ui-bundle.js": fileURLToPath(import.meta.resolve("swagger-ui-dist/swagger-ui-bundle.js")),
};
