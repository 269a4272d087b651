import type { AuthorizationResponse } from "@patchbay/core/provider";

const maxQueryLength = 16_384;
/** Several times as many as a provider sends. */
const maxParameters = 50;

/**
 * A request's query as a provider's return: parameters that came once, and the names of those that came more often. A query
 * that is too long, or of too many parameters, is nobody's return and reads as none: without a state it is refused.
 */
export function parseQuery(url: string): AuthorizationResponse {
  const at = url.indexOf("?");
  const query = at === -1 ? "" : url.slice(at + 1);
  const pairs = query.length > maxQueryLength ? [] : [...new URLSearchParams(query)];
  const [single, repeated] = [new Map<string, string>(), new Set<string>()];
  for (const [name, value] of pairs.length > maxParameters ? [] : pairs) {
    if (single.has(name)) repeated.add(name);
    single.set(name, value);
  }
  for (const name of repeated) single.delete(name);
  return { parameters: Object.fromEntries(single), repeated: [...repeated] };
}
