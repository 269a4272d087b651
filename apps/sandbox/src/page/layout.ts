import { createHash } from "node:crypto";
import { Markup, markup } from "./html.ts";
import { style } from "./style.ts";

export interface Layout {
  readonly title: string;
  readonly wide?: boolean;
  /** Seconds until the browser is to load it anew. */
  readonly refresh?: number;
  readonly content: Markup;
}

/** The frame that all pages share; it says on each that nothing here is the real thing. */
export function layout({ title, wide = false, refresh, content }: Layout): string {
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

/** Nothing but our own style; forms may lead to the app, for browsers hold their redirects to this rule as well. */
export function contentPolicy(origins: readonly string[]): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    `form-action 'self' ${origins.join(" ")}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
