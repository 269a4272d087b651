import type { Return } from "@patchbay/core/provider";

const longestQuery = 16_384;

/** A request's query as a provider's return: parameters that came once, and the names of those that came more often. */
export function readReturn(url: string): Return {
  const at = url.indexOf("?");
  const query = at === -1 ? "" : url.slice(at + 1);
  // What is this long is nobody's return; without a state it is refused.
  const given = new URLSearchParams(query.length > longestQuery ? "" : query);
  const names = [...new Set(given.keys())];
  const repeated = names.filter((name) => given.getAll(name).length > 1);
  const single = names.filter((name) => !repeated.includes(name)).map((name) => [name, given.get(name) ?? ""]);
  return { answers: Object.fromEntries(single), repeated };
}
