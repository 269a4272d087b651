import type { Connection, ProviderCard } from "@patchbay/api/router";
import { setNonce } from "get-nonce";
import { Dialog } from "radix-ui";
import { useEffect, useRef, useState } from "react";
import { focusCard } from "../cards/card-id.ts";
import { buildConnectedMessage } from "../cards/connected-message.ts";
import { claimChanges } from "../live/local-changes.ts";
import { trpc } from "../trpc.ts";
import { Icon } from "../ui/icon.tsx";
import { useMessages } from "../ui/messages.tsx";
import { DialogStep } from "./dialog-step.tsx";
import { MethodTabs } from "./method-tabs.tsx";
import type { DialogMethod } from "./step-types.ts";
import { useConnectAttempt } from "./use-connect-attempt.ts";

// The dialog adds a style that stops the page behind it from scrolling. The content security policy asks for the nonce.
setNonce(document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "");

/** Which account the dialog connects. */
export interface ConnectDialogProps {
  provider: ProviderCard;
  /** The connection that is reconnected. Undefined for a new one. */
  reconnecting: Connection | undefined;
  /** The dialog has closed, and no other dialog has replaced it. */
  onClosed: () => void;
}

/** Connects an account without leaving the page: by fields that the user fills in, or by a code that they scan. */
export function ConnectDialog({ provider, reconnecting: first, onClosed }: ConnectDialogProps) {
  const [isOpen, setIsOpen] = useState(true);
  const [trigger] = useState(() => document.activeElement);
  const [reconnecting, setReconnecting] = useState(first);
  const [isConnected, setIsConnected] = useState(false);
  const isClosing = useRef(false);
  useEffect(() => claimChanges(provider.id), [provider.id]);
  const closeDialog = (): void => {
    isClosing.current = true;
    setIsOpen(false);
  };
  return (
    <Dialog.Root open={isOpen} onOpenChange={closeDialog}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content
          className="dialog connect-dialog"
          aria-describedby={undefined}
          // A press outside, on a message for example, does not discard what the user typed.
          onInteractOutside={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // Another dialog has replaced this one, and has the focus.
            if (!isClosing.current) return;
            restoreFocus(isConnected ? null : trigger, provider.id);
            onClosed();
          }}
        >
          <ConnectPanel
            key={reconnecting?.id ?? "new"}
            provider={provider}
            reconnecting={reconnecting}
            connectAnother={() => setReconnecting(undefined)}
            onConnected={() => {
              setIsConnected(true);
              closeDialog();
            }}
          />
          <Dialog.Close className="dismiss" aria-label="Close">
            <Icon name="close" />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface ConnectPanelProps {
  provider: ProviderCard;
  reconnecting: Connection | undefined;
  /** Starts again for a new connection. */
  connectAnother: () => void;
  onConnected: () => void;
}

/** The dialog's content, from the first field or code to the connection. */
function ConnectPanel({ provider: card, reconnecting, connectAnother, onConnected }: ConnectPanelProps) {
  // The dialog keeps the provider as it was when the dialog opened.
  const [provider] = useState(() => ({ ...card, ...(reconnecting && { expected: reconnecting.label }) }));
  const methods = listDialogMethods(provider);
  const [method, setMethod] = useState<DialogMethod>(methods[0] ?? "ask");
  const target = {
    provider,
    reconnectConnectionId: reconnecting?.id,
    onConnected: useConnectedHandler(provider, onConnected),
  };
  const attempts = {
    scan: useConnectAttempt("scan", { ...target, isShown: method === "scan" }),
    ask: useConnectAttempt("ask", { ...target, isShown: method === "ask" }),
  };
  const attempt = attempts[method];
  const step = (
    <DialogStep
      {...{ provider, method, attempt, connectAnother }}
      otherMethod={methods.find((other) => other !== method)}
      changeMethod={setMethod}
    />
  );
  return (
    <>
      <Dialog.Title>
        {reconnecting === undefined ? "Connect" : "Reconnect"} {provider.name}
      </Dialog.Title>
      {methods.length > 1 && attempt.state.step?.type !== "ask" ? (
        <MethodTabs {...{ methods, method }} changeMethod={setMethod} fields={provider.fields}>
          {step}
        </MethodTabs>
      ) : (
        step
      )}
    </>
  );
}

/** Lists scanning first, because nothing has to be typed for it. */
const listDialogMethods = ({ methods }: ProviderCard): DialogMethod[] =>
  (["scan", "ask"] as const).filter((method) => methods.includes(method));

/** Puts a new connection into the list and announces it, also when the dialog has closed meanwhile. */
function useConnectedHandler({ name }: ProviderCard, onConnected: () => void) {
  const { showMessage } = useMessages();
  const { list } = trpc.useUtils().connections;
  return (connection: Connection): void => {
    list.setData(undefined, (now) => now && [...now.filter(({ id }) => id !== connection.id), connection]);
    void list.invalidate();
    showMessage(buildConnectedMessage(name, connection));
    onConnected();
  };
}

/** Moves the focus back to the button that opened the dialog. If that button is gone, the focus goes to the card. */
function restoreFocus(trigger: Element | null, provider: string): void {
  if (trigger instanceof HTMLElement && trigger.isConnected && trigger !== document.body) trigger.focus();
  else focusCard(provider);
}
