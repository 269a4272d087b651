import type { Connection, ProviderCard } from "@patchbay/api/router";
import { useMemo } from "react";
import { ProviderMark } from "../marks/marks.tsx";
import { describeFailure, type Failure } from "../sentences.ts";
import { Boundary, useRetry } from "../ui/boundary.tsx";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Account } from "./account.tsx";
import { useCardActions } from "./card-actions.tsx";
import { cardElementId } from "./card-id.ts";
import { ConnectButton } from "./connect-button.tsx";
import { FieldsForm, type FieldFault } from "./fields-form.tsx";
import { PermissionList } from "./permissions.tsx";
import { ReceiptNotice } from "./receipt.tsx";

/** What a card shows. What it can do comes from `useCardActions`. */
export interface CardProps {
  provider: ProviderCard;
  connections: readonly Connection[];
  /** A return from this provider is being finished. */
  isFinishing: boolean;
  notice: CardNotice | undefined;
}

/** What the user should know about the last connect flow. */
export interface CardNotice {
  sentence: string;
  /** The connection that was to be reconnected, where the user signed in to another account. */
  expected?: Connection | undefined;
}

/** A provider and its accounts. An error inside takes away this card, and no other card. */
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
    <section className="card" id={cardElementId(id)} aria-label={name} tabIndex={-1}>
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
  const { provider, notice } = props;
  const { receipts, dismissReceipt } = useCardActions();
  const headingId = `${cardElementId(provider.id)}-name`;
  const hasForm = hasFieldsBeforeRedirect(provider);
  return (
    <section className="card" id={cardElementId(provider.id)} aria-labelledby={headingId} tabIndex={-1}>
      <div className="card-head">
        <ProviderMark id={provider.id} />
        <div className="card-about">
          <h2 id={headingId}>{provider.name}</h2>
          <PermissionList permissions={provider.permissions} />
        </div>
        <div className="card-action">
          {provider.configured ? (
            !hasForm && <ConnectControl {...props} />
          ) : (
            <span className="badge idle">Not configured</span>
          )}
        </div>
      </div>
      <AccountList {...props} />
      {notice && (
        <Notice>
          <p>{notice.sentence}</p>
          {notice.expected && <MismatchActions provider={provider} expected={notice.expected} />}
        </Notice>
      )}
      {receipts
        .filter((note) => note.provider === provider.id)
        .map((note) => (
          <ReceiptNotice key={note.id} note={note} onDismiss={() => dismissReceipt(note)} />
        ))}
      {provider.configured && hasForm && <ConnectControl {...props} />}
      {!provider.configured && (
        <p className="unconfigured">{describeFailure({ code: "provider_not_configured" }, provider.name)}</p>
      )}
    </section>
  );
}

/** What the user can do after they signed in to another account than the one to be reconnected. */
function MismatchActions({ provider, expected }: { provider: ProviderCard; expected: Connection }) {
  const { connectAccount, reconnectAccount } = useCardActions();
  return (
    <div className="notice-actions">
      <Button onClick={() => reconnectAccount(expected)}>Reconnect</Button>
      {!hasFieldsBeforeRedirect(provider) && (
        <Button onClick={() => connectAccount(provider)}>Connect it as another account</Button>
      )}
    </div>
  );
}

function AccountList({ provider, connections, isFinishing }: CardProps) {
  if (connections.length === 0 && !isFinishing) return null;
  return (
    <ul className="accounts" aria-label={`${provider.name} accounts`}>
      {connections.map((connection) => (
        <Account key={connection.id} connection={connection} provider={provider} />
      ))}
      {isFinishing && (
        <li className="account idle finishing">
          <p>Connecting your {provider.name} account…</p>
        </li>
      )}
    </ul>
  );
}

/** The button that connects, with the fields that the provider needs first. */
function ConnectControl({ provider, connections }: CardProps) {
  const {
    connectAccount,
    redirect: { refused },
  } = useCardActions();
  // One object for each failure, because each new object moves the focus to the field.
  const fault = useMemo(
    () =>
      refused?.failure && refused.request.provider === provider.id
        ? findFieldFault(provider, refused.failure)
        : undefined,
    [provider, refused],
  );
  const button = { provider, hasAccounts: connections.length > 0 };
  if (!hasFieldsBeforeRedirect(provider)) return <ConnectButton {...button} onClick={() => connectAccount(provider)} />;
  return (
    <FieldsForm
      fields={provider.fields}
      fault={fault}
      onSubmit={(values) => connectAccount(provider, values)}
      button={<ConnectButton {...button} />}
    />
  );
}

/** Whether the provider needs something of the user before the redirect. */
export const hasFieldsBeforeRedirect = ({ methods, fields }: ProviderCard): boolean =>
  methods.includes("redirect") && fields.length > 0;

/** Finds the field that a failure belongs to. The failure is shown at that field. */
export function findFieldFault(provider: ProviderCard, failure: Failure): FieldFault | undefined {
  const named = provider.fields.find(({ name }) => name === failure.field);
  const field = named ?? (failure.code === "invalid_shop" ? provider.fields[0] : undefined);
  return field && { field: field.name, sentence: describeFailure(failure, provider.name) };
}
