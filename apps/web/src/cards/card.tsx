import type { Connection, ProviderCard } from "@patchbay/api/router";
import { useMemo } from "react";
import { ProviderMark } from "../marks/marks.tsx";
import { type Failure, sentence } from "../sentences.ts";
import { Boundary, useRetry } from "../ui/boundary.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Account } from "./account.tsx";
import { cardId } from "./card-id.ts";
import { ConnectButton } from "./connect-button.tsx";
import type { Connecting } from "./connecting.ts";
import { OpeningForm } from "./opening-form.tsx";
import { type Slip, SlipNote } from "./receipt.tsx";
import { expectWalking } from "./walking.tsx";

export interface CardProps {
  provider: ProviderCard;
  accounts: readonly Connection[];
  connecting: Connecting;
  /** A return from this provider is being confirmed. */
  finishing: boolean;
  /** What the user should know about the last walk, and the account that it was to renew and did not. */
  notice: CardNotice | undefined;
  slips: readonly Slip[];
  dismiss: (slip: Slip) => void;
  reconnect: (connection: Connection) => void;
  disconnect: (connection: Connection, trigger: HTMLElement) => void;
}

export interface CardNotice {
  sentence: string;
  expected?: Connection | undefined;
}

/** A card of its own: what breaks in it takes no other card away. */
export function Card(props: CardProps) {
  const { id, name } = props.provider;
  return (
    <Boundary instead={<BrokenCard id={id} name={name} />}>
      <WholeCard {...props} />
    </Boundary>
  );
}

function BrokenCard({ id, name }: { id: string; name: string }) {
  const retry = useRetry();
  return (
    <section className="card" id={cardId(id)} aria-label={name} tabIndex={-1}>
      <Notice>
        <p>{name} cannot be shown right now. Your connections are not affected.</p>
        <div className="notice-actions">
          <Button aria-label={`Try to show ${name} again`} onClick={retry}>
            Try again
          </Button>
        </div>
      </Notice>
    </section>
  );
}

function WholeCard(props: CardProps) {
  const { provider, notice, slips, dismiss } = props;
  const heading = `${cardId(provider.id)}-name`;
  const asks = asksFirst(provider);
  return (
    <section className="card" id={cardId(provider.id)} aria-labelledby={heading} tabIndex={-1}>
      <div className="card-head">
        <ProviderMark id={provider.id} />
        <div className="card-about">
          <h2 id={heading}>{provider.name}</h2>
          <p>{provider.description}</p>
        </div>
        <div className="card-action">
          {provider.configured ? !asks && <Connect {...props} /> : <span className="badge idle">Not configured</span>}
        </div>
      </div>
      <Accounts {...props} />
      {notice && (
        <Notice>
          <p>{notice.sentence}</p>
          {notice.expected && <Otherwise {...props} expected={notice.expected} />}
        </Notice>
      )}
      {slips.map((slip) => (
        <SlipNote key={slip.id} slip={slip} dismiss={() => dismiss(slip)} />
      ))}
      {provider.configured && asks && <Connect {...props} />}
      {!provider.configured && (
        <p className="unconfigured">{sentence({ code: "provider_not_configured" }, provider.name)}</p>
      )}
    </section>
  );
}

/** After a walk with another account than the one that was to be renewed. */
function Otherwise({ provider, connecting, reconnect, expected }: CardProps & { expected: Connection }) {
  return (
    <div className="notice-actions">
      <Button onClick={() => reconnect(expected)}>Reconnect</Button>
      {!asksFirst(provider) && (
        <Button onClick={() => connecting.leave({ provider: provider.id }, provider.name)}>
          Connect it as another account
        </Button>
      )}
    </div>
  );
}

function Accounts({
  provider,
  accounts,
  connecting: { leaving, cancel },
  finishing,
  reconnect,
  disconnect,
}: CardProps) {
  if (accounts.length === 0 && !finishing) return null;
  return (
    <ul className="accounts" aria-label={`${provider.name} accounts`}>
      {accounts.map((connection) => (
        <Account
          key={connection.id}
          connection={connection}
          provider={provider}
          busy={leaving?.reconnectConnectionId === connection.id}
          held={leaving !== undefined}
          cancel={cancel}
          reconnect={() => reconnect(connection)}
          disconnect={(trigger) => disconnect(connection, trigger)}
        />
      ))}
      {finishing && (
        <li className="account idle finishing">
          <p>Connecting your {provider.name} account…</p>
        </li>
      )}
    </ul>
  );
}

function Connect({ provider, accounts, connecting: { leaving, refused, leave, cancel } }: CardProps) {
  // The same object until the next refusal: focus goes to the field once.
  const fault = useMemo(
    () =>
      refused?.failure && refused.departure.provider === provider.id ? faultAt(provider, refused.failure) : undefined,
    [provider, refused],
  );
  const button = {
    provider,
    another: accounts.length > 0,
    busy: leaving?.provider === provider.id && leaving.reconnectConnectionId === undefined,
    held: leaving !== undefined,
    cancel,
    ...(!provider.methods.includes("redirect") && { onReach: expectWalking }),
  };
  if (!asksFirst(provider))
    return <ConnectButton {...button} onClick={() => leave({ provider: provider.id }, provider.name)} />;
  return (
    <OpeningForm
      questions={provider.fields}
      fault={fault}
      answered={(values) => leave({ provider: provider.id, values }, provider.name)}
      button={<ConnectButton {...button} />}
    />
  );
}

/** Something must be known before the user can leave for the provider. */
const asksFirst = ({ methods, fields }: ProviderCard): boolean => methods.includes("redirect") && fields.length > 0;

/** Where a refusal belongs to an answer, it is shown at its field. */
export function faultAt(provider: ProviderCard, failure: Failure): { field: string; sentence: string } | undefined {
  const asked = provider.fields.find(({ name }) => name === failure.field);
  const field = asked ?? (failure.code === "invalid_shop" ? provider.fields[0] : undefined);
  return field && { field: field.name, sentence: sentence(failure, provider.name) };
}
