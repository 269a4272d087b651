/**
 * A request's target as a path with its query. A proxy's client may send a whole URL (RFC 9112, 3.2.2), whose host is no more
 * to be believed than a `Host` header. Undefined for what is neither.
 */
export function readTarget(target: string): string | undefined {
  if (target.startsWith("/")) return target;
  const url = /^https?:\/\//i.test(target) ? URL.parse(target) : null;
  return url === null ? undefined : url.pathname + url.search;
}
