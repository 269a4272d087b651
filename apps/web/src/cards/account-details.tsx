import type { Connection, HealthReason, ProviderCard } from "@patchbay/api/router";
import type { ReactNode } from "react";
import { sanitize } from "../sanitize.ts";
import { Timestamp } from "../ui/timestamp.tsx";
import { endsSoon, isHealthReason, needsAttention } from "./health.tsx";
import { describeScopes, PermissionList } from "./permissions.tsx";

interface AccountDetailsProps {
  id: string;
  connection: Connection;
  provider: ProviderCard;
  /** The page offers to reconnect the account. */
  canReconnect: boolean;
  children: ReactNode;
}

/** What is known of an account and what it allows. Stands below the account, with the actions that are rarely needed. */
export function AccountDetails({ id, connection, provider, canReconnect, children }: AccountDetailsProps) {
  const { email, details, scopes, missingScopes, connectedAt } = connection;
  return (
    <div className="account-details" id={id}>
      <dl>
        {email !== null && !("email" in details) && <Fact name="E-mail">{isolateText(email)}</Fact>}
        {Object.entries(details).map(([name, value]) => (
          <Fact key={name} name={spellName(sanitize(name))}>
            {isolateText(value)}
          </Fact>
        ))}
        {scopes.length > 0 && (
          <Fact name="Permissions">
            <PermissionList permissions={describeScopes(scopes, provider.permissions)} />
          </Fact>
        )}
        {missingScopes.length > 0 && (
          <Fact name="Not allowed yet">
            <PermissionList permissions={describeScopes(missingScopes, provider.permissions)} />
          </Fact>
        )}
        <Fact name="Connected">
          <Timestamp iso={connectedAt} format="shortDay" />
        </Fact>
        <HealthFacts connection={connection} canReconnect={canReconnect} />
      </dl>
      {children}
    </div>
  );
}

/** The long explanation of each reason. The card has room for a short one only. */
const explanations = {
  grant_ended: "The access ran out, was taken back at the provider, or ended with a new password.",
  refresh_lost: "The provider had given new keys, but its answer never arrived here, and the old keys no longer work.",
  superseded: "The provider keeps one connection for each account, and another one was made since.",
  refresh_failing:
    "The provider gives no answer to our renewals, or none that we understand. The account works again once one succeeds.",
  removed_at_provider: "The provider told us that the app was removed from the account there.",
  account_paused: "The provider says that the account is closed there for now. We ask again for 30 days.",
  provider_not_configured: "Its app is not set up here now.",
  account_gone: "The provider said for 30 days that the account is closed there, so we stopped asking.",
  scope_missing: "Whoever signed in to this account last left some permissions out. Those that were given still work.",
} satisfies Record<HealthReason, string>;

type HealthFactsProps = Pick<AccountDetailsProps, "connection" | "canReconnect">;

/** What happened to the account, when it was last used, and when its access ends. */
function HealthFacts({ connection, canReconnect }: HealthFactsProps) {
  const { status, reason, lastUsedAt, endsAt } = connection;
  return (
    <>
      {isHealthReason(reason) && <Fact name="What happened">{explanations[reason]}</Fact>}
      {canReconnect && needsAttention(connection) && (
        <Fact name="Reconnecting">
          Brings it back as the same connection. What works with it here goes on without a change.
        </Fact>
      )}
      <Fact name="Last used">{lastUsedAt === null ? "Not yet" : <Timestamp iso={lastUsedAt} format="time" />}</Fact>
      {status === "active" && endsAt !== null && (
        <Fact name="Renewal">
          {endsSoon(connection)
            ? "Due, and not done yet. Without it, access ends on "
            : "Renewed automatically. Without renewal, access would end on "}
          <Timestamp iso={endsAt} format="longDay" />.
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

const isolateText = (value: string): ReactNode => <bdi>{sanitize(value, 500)}</bdi>;

/** Writes `merchantId` as `Merchant id`. */
function spellName(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
