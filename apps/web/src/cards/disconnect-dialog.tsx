import type { Connection } from "@patchbay/api/router";
import { setNonce } from "get-nonce";
import { AlertDialog } from "radix-ui";
import { useState } from "react";
import { parseFailure } from "../failure.ts";
import { claimChanges } from "../live/local-changes.ts";
import { sanitize } from "../sanitize.ts";
import { describeFailure } from "../sentences.ts";
import { trpc } from "../trpc.ts";
import { Button } from "../ui/button.tsx";
import { useMessages } from "../ui/messages.tsx";
import { buildReceiptNote, type ReceiptNote } from "./receipt.tsx";
import { useRefreshList } from "./use-refresh-list.ts";

// The dialog adds a style that stops the page behind it from scrolling. The content security policy asks for the nonce.
setNonce(document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "");

/** Which account the dialog disconnects. */
export interface DisconnectDialogProps {
  connection: Connection;
  /** The provider's name. */
  name: string;
  /** The connection does not exist any more. */
  onDisconnected: (note: ReceiptNote) => void;
  /** The dialog has closed, and the focus has to go somewhere. */
  onClosed: () => void;
}

/** Asks the user before an account is disconnected, and disconnects it. */
export function DisconnectDialog({ connection, name, onDisconnected, onClosed }: DisconnectDialogProps) {
  const [isOpen, setIsOpen] = useState(true);
  const { confirm, busy, fault } = useDisconnect({
    connection,
    name,
    onDisconnected: (note) => {
      setIsOpen(false);
      onDisconnected(note);
    },
  });
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={(next) => !busy && setIsOpen(next)}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="overlay" />
        <AlertDialog.Content
          className="dialog"
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            onClosed();
          }}
        >
          <AlertDialog.Title>
            Disconnect <bdi>{sanitize(connection.label, 80)}</bdi>?
          </AlertDialog.Title>
          <AlertDialog.Description>
            We give back our access to this {name} account and delete our keys to it. What works with it here stops. You
            can connect it again at any time.
          </AlertDialog.Description>
          {fault && <p className="fault">{fault}</p>}
          <div className="dialog-actions">
            <AlertDialog.Cancel asChild>
              <Button blocked={busy}>Keep connected</Button>
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

function useDisconnect({ connection, name, onDisconnected }: Omit<DisconnectDialogProps, "onClosed">) {
  const { announce } = useMessages();
  const refreshList = useRefreshList();
  const disconnect = trpc.connections.disconnect.useMutation();
  const { id, provider } = connection;
  const finish = async (note: ReceiptNote): Promise<void> => {
    await refreshList(id);
    onDisconnected(note);
    announce(note.message);
  };
  const confirm = (): void => {
    announce({ text: "Disconnecting…" });
    const releaseClaim = claimChanges(id);
    disconnect.mutate(
      { id },
      {
        onSuccess: (receipt) => void finish(buildReceiptNote(receipt, name)),
        onError: (error) => {
          const failure = parseFailure(error);
          if (failure.code === "connection_unknown")
            return void finish({ id, provider, tone: "wait", message: { text: describeFailure(failure) } });
          releaseClaim();
          announce({ text: describeFailure(failure, name) });
        },
      },
    );
  };
  const failure = disconnect.error && parseFailure(disconnect.error);
  return {
    confirm,
    busy: disconnect.isPending || disconnect.isSuccess,
    fault: failure && failure.code !== "connection_unknown" ? describeFailure(failure, name) : undefined,
  };
}
