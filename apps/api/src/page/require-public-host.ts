import type { RequestHandler } from "express";
import { escapeHtml } from "./escape-html.ts";
import { isAtPublicHost } from "../http/public-host.ts";
import { createRateLimiter } from "../http/rate-limiter.ts";
import { isLoopback } from "../config/fields.ts";
import type { Log } from "../log.ts";

const warningsPerMinute = 1;
const maxHostLength = 255;

/**
 * Lets through what was asked of the public host, for cookies belong to one name. Another name gets a page that says so
 * (421, RFC 9110 15.5.20), and is never sent on: behind a proxy that does not pass `Host` on, the browser may be at the
 * public address already, and would be sent to where it is, for ever.
 */
export function requirePublicHost(publicUrl: URL, log: Log): RequestHandler {
  const warnings = createRateLimiter(warningsPerMinute);
  return (request, response, next) => {
    const host = (request.headers.host ?? "").slice(0, maxHostLength);
    if (request.method !== "GET" || isAtPublicHost(request.headers, publicUrl)) return next();
    if (isAlias(publicUrl, host)) return response.redirect(302, publicUrl.origin + request.originalUrl);
    if (warnings("") === undefined)
      log.warn({ header: "Host", host, expected: publicUrl.host }, "asked under another host");
    response.status(421).set("Cache-Control", "no-store").type("html").send(explain(publicUrl, host));
  };
}

/** `127.0.0.1:3000` of what is open at `localhost:3000`. A proxy there would have another port than what it passes on to. */
function isAlias(publicUrl: URL, host: string): boolean {
  const requested = URL.parse(`${publicUrl.protocol}//${host}`);
  return (
    requested !== null &&
    requested.port === publicUrl.port &&
    isLoopback(requested.hostname) &&
    isLoopback(publicUrl.hostname)
  );
}

function explain({ origin, host: expected }: URL, host: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Another address</title>
<h1>Please open this page at <a href="${origin}/">${origin}</a></h1>
<p>You came here under another name: <code>${escapeHtml(host)}</code>.</p>
<h2>You are at ${origin} already?</h2>
<p>Then what stands in front of Patchbay does not pass the name on. It has to send the header
<code>Host: ${expected}</code>, and it sends <code>Host: ${escapeHtml(host)}</code>.
For nginx, that is <code>proxy_set_header Host $host;</code>. Others are in docs/operate.md, “Behind a proxy”.</p>
</html>
`;
}
