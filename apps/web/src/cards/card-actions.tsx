import type { Connection, ConnectVisit, ProviderCard } from "@patchbay/api/router";
import { createContext, type ReactNode, use } from "react";
import type { ConnectDialogProps } from "../connect-dialog/connect-dialog.tsx";
import { focusCard } from "./card-id.ts";
import type { DisconnectDialogProps } from "./disconnect-dialog.tsx";
import { findKnownValues, type FormValues } from "./form-values.ts";
import { loadConnectDialog, loadDisconnectDialog, useLazyDialog } from "./lazy-dialogs.ts";
import type { ReceiptNote } from "./receipt.tsx";
import { getAppName } from "../ui/title.ts";
import { useReceipts } from "./use-receipts.ts";
import type { ConnectRequest } from "./use-departure.ts";
import type { RedirectFlow } from "./use-redirect-flow.ts";

/** What a card can do, and what the page knows about it. */
export interface CardActions {
  /** The redirect to a provider that is under way, or that failed. */
  redirect: RedirectFlow;
  /** Connects a new account: by a redirect, or in a dialog. */
  connectAccount: (provider: ProviderCard, values?: FormValues) => void;
  reconnectAccount: (connection: Connection) => void;
  /** Asks the user first. `trigger` is the button that has the focus back afterwards. */
  disconnectAccount: (connection: Connection, trigger: HTMLElement) => void;
  /** The receipts of disconnected accounts, newest last. */
  receipts: readonly ReceiptNote[];
  dismissReceipt: (note: ReceiptNote) => void;
  /** The product's name. */
  product: string;
}

const CardActionsContext = createContext<CardActions | undefined>(undefined);

/** Gets what the cards can do. Works below `CardActionsProvider` only. */
export function useCardActions(): CardActions {
  const actions = use(CardActionsContext);
  if (!actions) throw new Error("useCardActions needs a CardActionsProvider above it");
  return actions;
}

interface CardActionsProviderProps {
  providers: readonly ProviderCard[];
  redirect: RedirectFlow;
  /** Removes the notice about the last connect flow, because the user does something new. */
  clearNotice: () => void;
  /** The connect session that the page serves. Undefined for a user who signed in here. */
  visit?: ConnectVisit;
  /** Asks the user before a flow starts, and starts it then. */
  confirmFlow?: (provider: ProviderCard, start: () => void) => void;
  children: ReactNode;
}

type ConnectTarget = Omit<ConnectDialogProps, "onClosed">;
type DisconnectTarget = Omit<DisconnectDialogProps, "onClosed"> & { trigger: HTMLElement };

/** Gives the cards their actions, and draws the dialogs that belong to them. */
export function CardActionsProvider({ providers, redirect, children, ...props }: CardActionsProviderProps) {
  const { clearNotice, visit, confirmFlow = (_, start) => start() } = props;
  const connectDialog = useLazyDialog<ConnectTarget>(loadConnectDialog, "connect");
  const disconnectDialog = useLazyDialog<DisconnectTarget>(loadDisconnectDialog, "disconnect");
  const { receipts, addReceipt, dismissReceipt } = useReceipts(visit?.id);
  const product = visit?.product ?? getAppName();

  const startFlow = (provider: ProviderCard, request: ConnectRequest, reconnecting?: Connection): void => {
    clearNotice();
    confirmFlow(provider, () => {
      if (provider.methods.includes("redirect")) redirect.startRedirect(request, provider.name);
      else
        connectDialog.openDialog({ provider, reconnecting, product: { name: product, navigate: redirect.navigate } });
    });
  };
  const actions: CardActions = {
    redirect,
    connectAccount: (provider, values) => startFlow(provider, { provider: provider.id, ...(values && { values }) }),
    reconnectAccount: (connection) => {
      const provider = providers.find(({ id }) => id === connection.provider);
      if (!provider) return;
      const values = findKnownValues(provider.fields, connection.details);
      startFlow(
        provider,
        { provider: provider.id, reconnectConnectionId: connection.id, ...(values && { values }) },
        connection,
      );
    },
    disconnectAccount: (connection, trigger) => {
      clearNotice();
      const name = providers.find(({ id }) => id === connection.provider)?.name ?? connection.provider;
      disconnectDialog.openDialog({ connection, name, trigger, onDisconnected: addReceipt });
    },
    receipts,
    dismissReceipt,
    product,
  };
  return (
    // oxlint-disable-next-line react/jsx-no-constructed-context-values -- the cards draw again with the page anyway
    <CardActionsContext value={actions}>
      {children}
      {disconnectDialog.opened && (
        <disconnectDialog.opened.Dialog
          {...disconnectDialog.opened.target}
          onClosed={() => {
            if (disconnectDialog.opened) restoreFocus(disconnectDialog.opened.target);
            disconnectDialog.closeDialog();
          }}
        />
      )}
      {connectDialog.opened && (
        <connectDialog.opened.Dialog
          // Another account is another attempt, in a dialog of its own.
          key={`${connectDialog.opened.target.provider.id} ${connectDialog.opened.target.reconnecting?.id}`}
          {...connectDialog.opened.target}
          onClosed={connectDialog.closeDialog}
        />
      )}
    </CardActionsContext>
  );
}

/** Moves the focus back to the button that opened the dialog. If its account is gone, the focus goes to the card. */
function restoreFocus({ trigger, connection }: DisconnectTarget): void {
  if (trigger.isConnected) trigger.focus();
  else focusCard(connection.provider);
}
