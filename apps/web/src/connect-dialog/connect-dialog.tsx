import type { Connection, ProviderCard } from "@patchbay/api/router";
import { setNonce } from "get-nonce";
import { Dialog } from "radix-ui";
import { useEffect, useRef, useState } from "react";
import { buildConnectedMessage } from "../cards/connected-message.ts";
import { claimChanges } from "../live/local-changes.ts";
import { trpc } from "../trpc.ts";
import { Icon } from "../ui/icon.tsx";
import { useMessages } from "../ui/messages.tsx";
import { DialogStep } from "./dialog-step.tsx";
import { MethodTabs } from "./method-tabs.tsx";
import { ReturnStep } from "./return-step.tsx";
import { restoreFocus } from "./restore-focus.ts";
import type { DialogMethod } from "./step-types.ts";
import { useConnectAttempt } from "./use-connect-attempt.ts";

// The dialog adds a style that stops the page behind it from scrolling. The content security policy asks for the nonce.
setNonce(document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "");

/** The product that takes over a login, and how the browser goes there. */
export interface ProductReturn {
  name: string;
  navigate: (to: string) => void;
}

/** Which account the dialog connects. */
export interface ConnectDialogProps {
  provider: ProviderCard;
  /** The connection that is reconnected. Undefined for a new one. */
  reconnecting: Connection | undefined;
  /** Where a login ends that the product takes over. */
  product: ProductReturn;
  /** The dialog has closed, and no other dialog has replaced it. */
  onClosed: () => void;
}

/** Connects an account without leaving the page: by fields that the user fills in, or by a code that they scan. */
export function ConnectDialog({ provider, reconnecting: first, product, onClosed }: ConnectDialogProps) {
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
            product={product}
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
  product: ProductReturn;
  /** Starts again for a new connection. */
  connectAnother: () => void;
  onConnected: () => void;
}

/** The dialog's content, from the first field or code to the connection. */
function ConnectPanel({ provider: card, reconnecting, product, ...props }: ConnectPanelProps) {
  const { connectAnother, onConnected } = props;
  // The dialog keeps the provider as it was when the dialog opened.
  const [provider] = useState(() => ({ ...card, ...(reconnecting && { expected: reconnecting.label }) }));
  const { returnTo, followReturn } = useReturn(provider, product);
  const methods = listDialogMethods(provider);
  const [method, setMethod] = useState<DialogMethod>(methods[0] ?? "ask");
  const target = {
    provider,
    reconnectConnectionId: reconnecting?.id,
    onConnected: useConnectedHandler(provider, onConnected),
    onReturn: followReturn,
  };
  const attempts = {
    scan: useConnectAttempt("scan", { ...target, isShown: method === "scan" }),
    ask: useConnectAttempt("ask", { ...target, isShown: method === "ask" }),
  };
  const attempt = attempts[method];
  const step =
    returnTo === undefined ? (
      <DialogStep
        {...{ provider, method, attempt, connectAnother }}
        otherMethod={methods.find((other) => other !== method)}
        changeMethod={setMethod}
      />
    ) : (
      <ReturnStep name={provider.name} product={product.name} to={returnTo} />
    );
  const canChangeMethod = methods.length > 1 && returnTo === undefined && attempt.state.step?.type !== "ask";
  return (
    <>
      <Dialog.Title>
        {reconnecting === undefined ? "Connect" : "Reconnect"} {provider.name}
      </Dialog.Title>
      {canChangeMethod ? (
        <MethodTabs {...{ methods, method }} changeMethod={setMethod} fields={provider.fields}>
          {step}
        </MethodTabs>
      ) : (
        step
      )}
    </>
  );
}

/** Takes the user back to the product, which takes over the account. Works also when the dialog has closed meanwhile. */
function useReturn({ name }: ProviderCard, product: ProductReturn) {
  const { announce } = useMessages();
  const [returnTo, setReturnTo] = useState<string>();
  const followReturn = (to: string): void => {
    setReturnTo(to);
    announce({ text: `Your ${name} account is ready. Taking you back to ${product.name}…` });
    product.navigate(to);
  };
  return { returnTo, followReturn };
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
