import type { ProviderCard } from "@patchbay/api/router";
import { sanitize } from "../sanitize.ts";

/** What a user allows at a provider. */
export type Permissions = ProviderCard["permissions"];

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
