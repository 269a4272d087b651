import { ConnectError } from "../errors.ts";
import type { NeededScope, Permission } from "../provider.ts";

/** A provider's scopes: how they are asked for and judged, and what each allows. */
export interface ScopeRules {
  /**
   * What is always asked for, because Patchbay identifies the account with it. The provider's answer about the account proves
   * it, so that it is not judged by its name, of which some providers have several.
   */
  identity: readonly string[];
  /** What is asked for if the operator chooses nothing. */
  usual: readonly string[];
  /** What is asked for besides if the app has webhooks: Patchbay registers them with it. */
  webhooks?: readonly string[];
  /** What every scope looks like. Absent: what is asked for cannot be chosen. */
  form?: RegExp;
  /** What stands between scopes in the authorization request. Absent: the app's registration says what is asked for. */
  separator?: " " | ",";
  /** The scopes that include this one. Default: none. */
  listIncluding?: (scope: string) => readonly string[];
  /** The token answer leaves out some of what was granted. What was asked for counts as granted, too. */
  namesOnlySome?: true;
  /** What a scope allows, for the user. What two scopes allow in the same words is shown once. */
  words: Readonly<Record<string, string>>;
}

/** What the scopes depend on in our app. */
interface ScopeSettings {
  scopes?: readonly string[] | undefined;
  webhook?: object | undefined;
}

/**
 * Lists what is asked for: what an attempt chose or else the operator, and what Patchbay itself needs. Throws
 * `invalid_request` for a choice that the provider does not have.
 */
export function listAskedScopes(rules: ScopeRules, app: ScopeSettings, chosen?: readonly string[]): string[] {
  const { form } = rules;
  if (chosen && !(form && chosen.every((scope) => form.test(scope))))
    throw new ConnectError("invalid_request", "the provider has no such scope to choose", { field: "scopes" });
  const wanted = chosen ?? app.scopes ?? rules.usual;
  const identity = rules.identity.filter((scope) => !wanted.includes(scope));
  return [...new Set([...identity, ...wanted, ...((app.webhook && rules.webhooks) ?? [])])];
}

/** Lists those of the scopes asked for that are judged by name, each with the scopes that include it. */
export function listNeededScopes({ identity, listIncluding }: ScopeRules, asked: readonly string[]): NeededScope[] {
  return asked
    .filter((scope) => !identity.includes(scope))
    .map((scope) => ({ scope, includedIn: [scope, ...(listIncluding?.(scope) ?? [])] }));
}

/**
 * Lists the scopes without which an account is not connected. Without those of webhooks it is, and its changes are found out
 * later: the list shows what it lacks.
 */
export function listRequiredScopes(rules: ScopeRules, asked: readonly string[]): NeededScope[] {
  return listNeededScopes(rules, asked).filter(({ scope }) => rules.webhooks?.includes(scope) !== true);
}

/** Finds the needed scopes that no granted scope includes. */
export function findMissingScopes(needed: readonly NeededScope[], granted: readonly string[]): string[] {
  const isGranted = ({ includedIn }: NeededScope) => includedIn.some((scope) => granted.includes(scope));
  return needed.filter((one) => !isGranted(one)).map(({ scope }) => scope);
}

/** Reads what was granted. An answer that does not say it grants what was asked for (RFC 6749 5.1). */
export function readGranted(
  { namesOnlySome }: ScopeRules,
  asked: readonly string[],
  answered: readonly string[] | undefined,
): readonly string[] {
  if (answered === undefined) return asked;
  return namesOnlySome ? [...new Set([...answered, ...asked])] : answered;
}

/** Describes scopes for the user. */
export function describeScopes({ words }: ScopeRules, scopes: readonly string[]): Permission[] {
  return scopes.map((scope) => {
    const known = Object.hasOwn(words, scope) ? words[scope] : undefined;
    return { scope, ...(known !== undefined && { words: known }) };
  });
}
