const tenYears = 315_360_000;
const endOfCalendar = Date.UTC(9999, 11, 31);

/**
 * `expires_in` as a moment; undefined where it is absent. Some servers put a Unix time there: what is past ten years is
 * read as one. Zero, a negative number, no number or a year of five digits tell nothing, and are
 * given as now.
 */
export function parseExpiresIn(expiresIn: unknown, now: Date): Date | undefined {
  if (expiresIn === null || expiresIn === undefined) return undefined;
  const seconds = readNumber(expiresIn);
  const end = seconds > tenYears ? seconds * 1000 : now.getTime() + seconds * 1000;
  return seconds > 0 && end < endOfCalendar ? new Date(end) : now;
}

function readNumber(value: unknown): number {
  return typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
}

const maxScopes = 500;
const scopeName = /^[\x21-\x7e]{1,255}$/;

/** Scopes as a list. Providers separate by spaces or commas. What cannot be a scope (RFC 6749 3.3) is none. */
export function parseScopes(scope: unknown): string[] {
  return readScopeTexts(scope)
    .flatMap((text) => text.split(/[\s,]+/))
    .filter((part) => scopeName.test(part))
    .slice(0, maxScopes);
}

/** The scopes that an answer grants: none where its text is empty, undefined where it does not say (RFC 6749 5.1). */
export function parseGrantedScopes(scope: unknown): string[] | undefined {
  const says = typeof scope === "string" || (Array.isArray(scope) && (scope.length === 0 || readScopeTexts(scope)[0]));
  return says ? parseScopes(scope) : undefined;
}

function readScopeTexts(scope: unknown): string[] {
  const texts: unknown[] = Array.isArray(scope) ? scope : [scope];
  return texts.filter((text) => typeof text === "string");
}
