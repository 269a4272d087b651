import { setNonce } from "get-nonce";
import { AlertDialog } from "radix-ui";
import { useState } from "react";
import type { Connection } from "@patchbay/api/router";
import { failureOf } from "../failure.ts";
import { inert } from "../inert.ts";
import { claim } from "../live/own.ts";
import { sentence } from "../sentences.ts";
import { trpc } from "../trpc.ts";
import { Button } from "../ui/button.tsx";
import { useMessages } from "../ui/messages.tsx";
import { useGone } from "./gone.ts";
import { type Slip, slipOf } from "./receipt.tsx";

// The style that keeps the page behind from scrolling is let in by the policy's nonce.
setNonce(document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "");

export interface DialogProps {
  connection: Connection;
  /** The provider's name. */
  name: string;
  /** The account is gone. */
  disconnected: (slip: Slip) => void;
  /** The dialog is over and gone: focus has to go somewhere. */
  closed: () => void;
}

export function DisconnectDialog({ connection, name, disconnected, closed }: DialogProps) {
  const [open, setOpen] = useState(true);
  const { confirm, busy, fault } = useDisconnect({
    connection,
    name,
    disconnected: (slip) => {
      setOpen(false);
      disconnected(slip);
    },
  });
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !busy && setOpen(next)}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="overlay" />
        <AlertDialog.Content
          className="dialog"
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            closed();
          }}
        >
          <AlertDialog.Title>
            Disconnect <bdi>{inert(connection.label, 80)}</bdi>?
          </AlertDialog.Title>
          <AlertDialog.Description>
            We give back our access to this {name} account and delete our keys to it. What works with it here stops. You
            can connect it again at any time.
          </AlertDialog.Description>
          {fault && <p className="fault">{fault}</p>}
          <div className="dialog-actions">
            <AlertDialog.Cancel asChild>
              <Button held={busy}>Keep connected</Button>
            </AlertDialog.Cancel>
            <Button tone="danger" busy={busy} aria-label="Disconnect" onClick={confirm}>
              {busy ? "Disconnecting…" : "Disconnect"}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function useDisconnect({ connection, name, disconnected }: Omit<DialogProps, "closed">) {
  const { say } = useMessages();
  const gone = useGone();
  const disconnect = trpc.connections.disconnect.useMutation();
  const leave = async (slip: Slip): Promise<void> => {
    await gone(connection.id);
    disconnected(slip);
    say(slip.message);
  };
  const failure = disconnect.error && failureOf(disconnect.error);
  const confirm = (): void => {
    say({ text: "Disconnecting…" });
    const { id } = connection;
    const release = claim(id);
    disconnect.mutate(
      { id },
      {
        onSuccess: (receipt) => void leave(slipOf(receipt, name)),
        onError: (error) => {
          const failure = failureOf(error);
          if (failure.code !== "connection_unknown") {
            release();
            return say({ text: sentence(failure, name) });
          }
          const { provider } = connection;
          void leave({ id, provider, tone: "wait", message: { text: sentence(failure) } });
        },
      },
    );
  };
  return {
    confirm,
    busy: disconnect.isPending || disconnect.isSuccess,
    fault: failure && failure.code !== "connection_unknown" ? sentence(failure, name) : undefined,
  };
}
