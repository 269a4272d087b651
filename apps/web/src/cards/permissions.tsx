import type { Connection, ProviderCard } from "@patchbay/api/router";
import { sanitize } from "../sanitize.ts";

/** What a user allows at a provider. */
type Permissions = ProviderCard["permissions"];

/** Lists what a user allows, in words. A scope that Patchbay does not know is shown as the provider calls it. */
export function PermissionList({ permissions }: { permissions: Permissions }) {
  const known = new Set(permissions.flatMap(({ words }) => words ?? []));
  const unknown = permissions.filter(({ words }) => words === undefined);
  return (
    <ul className="permissions">
      {[...known].map((words) => (
        <li key={words}>{words}</li>
      ))}
      {unknown.map(({ scope }) => (
        <li key={scope}>
          <code>{sanitize(scope, 200)}</code>
        </li>
      ))}
    </ul>
  );
}

/** Describes scopes by what the provider's card says of them. */
export function describeScopes(scopes: readonly string[], known: Permissions): Permissions {
  return scopes.map((scope) => known.find((permission) => permission.scope === scope) ?? { scope });
}

/** Whether an account works and could allow more. */
export function lacksPermissions({ status, missingScopes }: Connection): boolean {
  return status === "active" && missingScopes.length > 0;
}

const maxNamed = 3;

/** Describes what an account does not allow yet: the first few permissions. Its details list them all. */
export function describeMissing({ missingScopes }: Connection, known: Permissions): string {
  const texts = describeScopes(missingScopes, known).map(({ scope, words }) =>
    words === undefined ? sanitize(scope, 80) : words.charAt(0).toLowerCase() + words.slice(1),
  );
  const named = [...new Set(texts)];
  const more = named.length > maxNamed ? [`${named.length - maxNamed} more`] : [];
  return `Not allowed yet: ${[...named.slice(0, maxNamed), ...more].join("; ")}.`;
}
