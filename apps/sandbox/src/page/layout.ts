import { createHash } from "node:crypto";
import { Markup, markup } from "./html.ts";
import { style } from "./style.ts";

/** The frame of a page. */
export interface PageLayout {
  readonly title: string;
  readonly wide?: boolean;
  /** Seconds until the browser reloads the page. */
  readonly refresh?: number;
  readonly content: Markup;
}

/** Renders the frame of a page. It says that nothing on the page is the real provider. */
export function renderLayout({ title, wide = false, refresh, content }: PageLayout): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${refresh === undefined ? "" : markup`<meta http-equiv="refresh" content="${refresh}">`}
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<div class="banner" role="note">Sandbox: a stand-in for local use. Nothing here reaches the real provider.</div>
<main class="${wide ? "wide" : "card"}">
${content}
</main>
</body>
</html>
`.text;
}

const styleHash = createHash("sha256").update(style).digest("base64");

/** Where a product may run to which the app sends its users back. */
const products = ["http://localhost:*", "http://127.0.0.1:*"];

/**
 * Builds a content security policy that allows our own style only. It names the app's origins, and those of products behind
 * the app, because browsers apply `form-action` to redirects too.
 */
export function buildContentPolicy(origins: readonly string[]): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    `form-action 'self' ${[...origins, ...products].join(" ")}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
