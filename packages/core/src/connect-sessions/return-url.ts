/** Longer ones are refused: browsers and proxies differ in what they take. */
const maxReturnUrlLength = 2_000;

/** What a parser reads differently from another, or takes away in silence: blanks, control characters, backslashes. */
const ambiguous = /[\s\\\p{Cc}]/u;
/** Dots, slashes and backslashes that a server may decode after we have judged the path. */
const encodedPath = /%(?:2e|2f|5c|00)/i;

/**
 * Parses the address that a product wants its user to return to. It has to have the origin of an allowed one and a path below
 * its path. Undefined: it is not allowed, so that no link of ours leads to another site (RFC 9700, 4.11).
 */
export function parseSessionReturnUrl(text: string, allowed: readonly URL[]): URL | undefined {
  if (text.length > maxReturnUrlLength || ambiguous.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "" || encodedPath.test(url.pathname)) return undefined;
  return allowed.some((entry) => url.origin === entry.origin && isBelow(url.pathname, entry.pathname))
    ? url
    : undefined;
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

/** Builds the address that a browser returns to the product at, with what is told there. */
export function buildReturnUrl(returnUrl: string, told: Readonly<Record<string, string>>): string {
  const url = new URL(returnUrl);
  for (const name of ["connect_session", "connect_code", "provider", "error"]) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(told)) url.searchParams.set(name, value);
  return url.href;
}
