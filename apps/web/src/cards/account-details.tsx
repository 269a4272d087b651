import type { ReactNode } from "react";
import type { Connection, HealthReason } from "@patchbay/api/router";
import { inert } from "../inert.ts";
import { Day } from "../ui/day.tsx";
import { Moment } from "../ui/moment.tsx";
import { ails, endsSoon, isReason } from "./health.tsx";

interface Props {
  id: string;
  connection: Connection;
  /** Whether reconnecting it is offered. */
  mends: boolean;
  children: ReactNode;
}

/** An account's menu, unfolded in place: what is known of it, what it allows, and the rarer action. */
export function AccountDetails({ id, connection, mends, children }: Props) {
  const { email, details, scopes, connectedAt } = connection;
  return (
    <div className="account-details" id={id}>
      <dl>
        {email !== null && !("email" in details) && <Fact name="E-mail">{isolated(email)}</Fact>}
        {Object.entries(details).map(([name, value]) => (
          <Fact key={name} name={spelled(inert(name))}>
            {isolated(value)}
          </Fact>
        ))}
        {scopes.length > 0 && (
          <Fact name="Permissions">
            <span className="scopes">
              {scopes.map((scope) => (
                <code key={scope}>{inert(scope, 200)}</code>
              ))}
            </span>
          </Fact>
        )}
        <Fact name="Connected">
          <Day iso={connectedAt} />
        </Fact>
        <Life connection={connection} mends={mends} />
      </dl>
      {children}
    </div>
  );
}

/** What the card has no room for. */
const stories = {
  grant_ended: "The access ran out, was taken back at the provider, or ended with a new password.",
  refresh_lost: "The provider had given new keys, but its answer never arrived here, and the old keys no longer work.",
  superseded: "The provider keeps one connection for each account, and another one was made since.",
  removed_at_provider: "The provider told us that the app was removed from the account there.",
  account_paused: "The provider says that the account is closed there for now. We ask again for 30 days.",
  provider_not_configured: "Its app is not set up here now.",
  account_gone: "The provider said for 30 days that the account is closed there, so we stopped asking.",
  scope_missing: "Whoever signed in to this account last left some permissions out. Those that were given still work.",
} satisfies Record<HealthReason, string>;

/** When it was last of use, and how long it lasts. */
function Life({ connection, mends }: Omit<Props, "id" | "children">) {
  const { status, reason, lastUsedAt, endsAt } = connection;
  return (
    <>
      {isReason(reason) && <Fact name="What happened">{stories[reason]}</Fact>}
      {mends && ails(connection) && (
        <Fact name="Reconnecting">
          Brings it back as the same connection. What works with it here goes on without a change.
        </Fact>
      )}
      <Fact name="Last used">{lastUsedAt === null ? "Not yet" : <Moment iso={lastUsedAt} />}</Fact>
      {status === "active" && endsAt !== null && (
        <Fact name="Renewal">
          {endsSoon(connection)
            ? "Due, and not done yet. Without it, access ends on "
            : "Renewed automatically. Without renewal, access would end on "}
          <Moment iso={endsAt} as="day" />.
        </Fact>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const isolated = (value: string): ReactNode => <bdi>{inert(value, 500)}</bdi>;

/** `merchantId` as a person writes it. */
function spelled(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
