import type { ReactNode } from "react";
import type { Connection } from "@patchbay/api/router";
import { inert } from "../inert.ts";

interface Props {
  id: string;
  connection: Connection;
  children: ReactNode;
}

/** An account's menu, unfolded in place: what is known of it, what it allows, and the rarer action. */
export function AccountDetails({ id, connection: { details, scopes }, children }: Props) {
  return (
    <div className="account-details" id={id}>
      <dl>
        {Object.entries(details).map(([name, value]) => (
          <div key={name}>
            <dt>{spelled(inert(name))}</dt>
            <dd>
              <bdi>{inert(value, 500)}</bdi>
            </dd>
          </div>
        ))}
        {scopes.length > 0 && (
          <div>
            <dt>Permissions</dt>
            <dd className="scopes">
              {scopes.map((scope) => (
                <code key={scope}>{inert(scope, 200)}</code>
              ))}
            </dd>
          </div>
        )}
      </dl>
      {children}
    </div>
  );
}

/** `merchantId` as a person writes it. */
function spelled(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
