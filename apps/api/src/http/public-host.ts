import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a request was made to the public host: by its `Host`, or by what a proxy says that it was. It decides nothing but
 * which page is shown, so it is believed whoever says it.
 */
export function isAtPublicHost(
  { host = "", "x-forwarded-host": forwarded }: IncomingHttpHeaders,
  publicUrl: URL,
): boolean {
  const passedOn = typeof forwarded === "string" ? forwarded.split(",") : [];
  return [host, ...passedOn].some((requested) => isPublic(publicUrl, requested.trim()));
}

/** Also where a proxy left the port out, or wrote that of HTTP or TLS beside it: no browser does. */
function isPublic({ host, hostname }: URL, requested: string): boolean {
  const lower = requested.toLowerCase();
  return lower === host || lower.replace(/:(?:80|443)$/, "") === hostname;
}
