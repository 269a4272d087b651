import type { Connection, ProviderCard } from "@patchbay/api/router";
import { useId, useState } from "react";
import { sanitize } from "../sanitize.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Timestamp } from "../ui/timestamp.tsx";
import { AccountDetails } from "./account-details.tsx";
import { useCardActions } from "./card-actions.tsx";
import {
  describeAdvice,
  describeProblem,
  describeWarning,
  getHealthLabel,
  HealthBadge,
  isPaused,
  needsAttention,
} from "./health.tsx";
import { prefetchDialogs } from "./lazy-dialogs.ts";
import { describeMissing, lacksPermissions } from "./permissions.tsx";
import { RedirectButton } from "./redirect-button.tsx";

interface AccountProps {
  connection: Connection;
  provider: ProviderCard;
}

/** A connected account with its health, its actions and its details. */
export function Account({ connection, provider }: AccountProps) {
  const { status } = connection;
  const [isUnfolded, setIsUnfolded] = useState(false);
  // An account that is being disconnected has no details any more.
  const isOpen = isUnfolded && status !== "disconnecting";
  const detailsId = useId();
  const { product } = useCardActions();
  const problem = describeState({ connection, provider }, product);
  const canReconnect =
    provider.configured && status !== "disconnecting" && status !== "pending" && !isPaused(connection);
  const reconnectButton = canReconnect && <ReconnectButton {...{ connection, provider }} />;
  return (
    <li className={`account ${getHealthLabel(connection).tone}${problem ? " troubled" : ""}`}>
      <AccountFacts connection={connection} problem={problem} />
      <div className="account-actions">
        {problem && reconnectButton}
        {status !== "disconnecting" && (
          <AccountActions {...{ connection, isOpen, detailsId }} toggle={() => setIsUnfolded(!isOpen)} />
        )}
      </div>
      {isOpen && (
        <AccountDetails id={detailsId} {...{ connection, provider, canReconnect }}>
          {!problem && reconnectButton}
        </AccountDetails>
      )}
    </li>
  );
}

function ReconnectButton({ connection, provider }: AccountProps) {
  const { reconnectAccount, redirect } = useCardActions();
  const act = lacksPermissions(connection) ? "Allow more" : "Reconnect";
  return (
    <RedirectButton
      name={provider.name}
      tone={needsAttention(connection) ? "primary" : "plain"}
      aria-label={`${act}${act === "Reconnect" ? "" : ":"} ${sanitize(connection.label)}`}
      busy={redirect.pending?.reconnectConnectionId === connection.id}
      onClick={() => reconnectAccount(connection)}
    >
      {act}
    </RedirectButton>
  );
}

/** Describes what stands in the way of an account, or may soon. */
function describeState({ connection, provider }: AccountProps, product: string): string | undefined {
  if (connection.status === "pending") return `Waiting for ${product} to accept.`;
  return connection.status === "active"
    ? describeCaution({ connection, provider })
    : describeProblem(connection, provider);
}

/** Describes what an account that works may soon stop doing, and what the user can do about it. */
function describeCaution({ connection, provider }: AccountProps): string | undefined {
  if (lacksPermissions(connection)) return describeMissing(connection, provider.permissions);
  const warning = describeWarning(connection);
  return warning && provider.configured ? `${warning} ${describeAdvice(connection)}` : warning;
}

interface AccountFactsProps {
  connection: Connection;
  problem: string | undefined;
}

/** The account's name, and one line below it. A problem takes the place of the other facts, so the card keeps its height. */
function AccountFacts({ connection, problem }: AccountFactsProps) {
  const { label, email, connectedAt } = connection;
  return (
    <div className="account-facts">
      <p className="account-name">
        <bdi title={sanitize(label, 500)}>{sanitize(label, 500) || "Account without a name"}</bdi>{" "}
        <HealthBadge connection={connection} />
      </p>
      {problem ? (
        <p className="problem">{problem}</p>
      ) : (
        <p className="account-more">
          {email !== null && email !== label && <bdi className="account-email">{sanitize(email, 500)}</bdi>}
          <span>
            Connected <Timestamp iso={connectedAt} format="shortDay" />
          </span>
        </p>
      )}
    </div>
  );
}

interface AccountActionsProps {
  connection: Connection;
  isOpen: boolean;
  detailsId: string;
  toggle: () => void;
}

function AccountActions({ connection, isOpen, detailsId, toggle }: AccountActionsProps) {
  const { disconnectAccount } = useCardActions();
  const label = sanitize(connection.label);
  return (
    <>
      <Button
        aria-label={`Disconnect ${label}`}
        onPointerEnter={prefetchDialogs}
        onFocus={prefetchDialogs}
        onClick={(event) => disconnectAccount(connection, event.currentTarget)}
      >
        Disconnect
      </Button>
      <Button
        tone="quiet"
        aria-label={`Details of ${label}`}
        aria-expanded={isOpen}
        aria-controls={detailsId}
        onClick={toggle}
      >
        <Icon name="chevron" />
      </Button>
    </>
  );
}
