import { useId, useState } from "react";
import type { Connection, ProviderCard } from "@patchbay/api/router";
import { inert } from "../inert.ts";
import { Button } from "../ui/button.tsx";
import { Day } from "../ui/day.tsx";
import { Icon } from "../ui/icon.tsx";
import { AccountDetails } from "./account-details.tsx";
import { expectDisconnecting } from "./disconnecting.tsx";
import { adviceFor, ailment, ails, HealthBadge, healthOf, isPaused, warning } from "./health.tsx";
import { LeaveButton } from "./leave-button.tsx";

interface Props {
  connection: Connection;
  provider: ProviderCard;
  /** On the way to the provider to renew this very account. */
  busy: boolean;
  held: boolean;
  cancel: () => void;
  reconnect: () => void;
  disconnect: (trigger: HTMLElement) => void;
}

export function Account(props: Props) {
  const { connection, provider, reconnect, busy, held, cancel } = props;
  const { status, label } = connection;
  const [unfolded, setUnfolded] = useState(false);
  // Who is leaving has no menu any more.
  const open = unfolded && status !== "disconnecting";
  const id = useId();
  const ill = ails(connection);
  const trouble = status === "active" ? caution(props) : ailment(connection, provider);
  const mends = provider.configured && status !== "disconnecting" && !isPaused(connection);
  const again = mends && (
    <LeaveButton
      name={provider.name}
      tone={ill ? "primary" : "plain"}
      aria-label={`Reconnect ${inert(label)}`}
      {...{ busy, held, cancel }}
      onClick={reconnect}
    >
      Reconnect
    </LeaveButton>
  );
  return (
    <li className={`account ${healthOf(connection).tone}${trouble ? " troubled" : ""}`}>
      <AccountFacts connection={connection} trouble={trouble} />
      <div className="account-actions">
        {trouble && again}
        <Actions {...props} open={open} controls={id} toggle={() => setUnfolded(!open)} />
      </div>
      {open && (
        <AccountDetails id={id} connection={connection} mends={mends}>
          {!trouble && again}
        </AccountDetails>
      )}
    </li>
  );
}

/** What to expect of an account that works, and what can be done about it here. */
function caution({ connection, provider }: Props): string | undefined {
  const told = warning(connection);
  return told && provider.configured ? `${told} ${adviceFor(connection)}` : told;
}

type FactsProps = Pick<Props, "connection"> & { trouble: string | undefined };

/** Who it is, and below that either what is wrong or what else is known: the card keeps its height. */
function AccountFacts({ connection, trouble }: FactsProps) {
  const { label, email, connectedAt } = connection;
  return (
    <div className="account-facts">
      <p className="account-name">
        <bdi title={inert(label, 500)}>{inert(label, 500) || "Account without a name"}</bdi>{" "}
        <HealthBadge connection={connection} />
      </p>
      {trouble ? (
        <p className="ailment">{trouble}</p>
      ) : (
        <p className="account-more">
          {email !== null && email !== label && <bdi className="account-email">{inert(email, 500)}</bdi>}
          <span>
            Connected <Day iso={connectedAt} />
          </span>
        </p>
      )}
    </div>
  );
}

type ActionsProps = Props & { open: boolean; controls: string; toggle: () => void };

function Actions({ connection, disconnect, open, controls, toggle }: ActionsProps) {
  const label = inert(connection.label);
  if (connection.status === "disconnecting") return null;
  return (
    <>
      <Button
        aria-label={`Disconnect ${label}`}
        onPointerEnter={expectDisconnecting}
        onFocus={expectDisconnecting}
        onClick={(event) => disconnect(event.currentTarget)}
      >
        Disconnect
      </Button>
      <Button
        tone="quiet"
        aria-label={`Details of ${label}`}
        aria-expanded={open}
        aria-controls={controls}
        onClick={toggle}
      >
        <Icon name="chevron" />
      </Button>
    </>
  );
}
