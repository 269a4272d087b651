import { sql, type RawBuilder } from "kysely";
import type { NeededScope } from "../provider.ts";
import type { ConfiguredApp } from "../registry.ts";

/**
 * The scopes, as JSON, that a credential `k` lacks of those that its provider's connections need by what is configured now.
 * Most credentials lack none, which one comparison of arrays shows. What is configured stands in the statement as constants:
 * as parameters it costs the list three times as much.
 */
export function missingScopes(apps: readonly ConfiguredApp[]): RawBuilder<string[]> {
  const cases = apps
    .filter(({ neededScopes }) => neededScopes.length > 0)
    .map(({ provider, neededScopes }) => sql`when ${sql.lit(provider)} then ${missingOf(neededScopes)}`);
  return cases.length === 0 ? sql`'[]'::json` : sql`case k.provider ${sql.join(cases, sql` `)} else '[]'::json end`;
}

function missingOf(needed: readonly NeededScope[]): RawBuilder<unknown> {
  const each = needed.map(
    ({ scope, includedIn }) => sql`case when not k.scopes && ${textArray(includedIn)} then ${sql.lit(scope)} end`,
  );
  return sql`case when k.scopes @> ${textArray(listSufficient(needed))} then '[]'::json
    else to_json(array_remove(array[${sql.join(each)}], null)) end`;
}

/** Lists the scopes with which none is missing: a scope is left out that another one of them includes. */
function listSufficient(needed: readonly NeededScope[]): string[] {
  const names = new Set(needed.map(({ scope }) => scope));
  return needed
    .filter(({ includedIn: [, ...including] }) => !including.some((scope) => names.has(scope)))
    .map(({ scope }) => scope);
}

const textArray = (texts: readonly string[]): RawBuilder<string[]> =>
  sql`array[${sql.join(texts.map((text) => sql.lit(text)))}]::text[]`;
