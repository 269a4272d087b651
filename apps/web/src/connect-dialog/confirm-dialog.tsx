import type { ConnectVisit, ProviderCard } from "@patchbay/api/router";
import { AlertDialog } from "radix-ui";
import { useRef, useState } from "react";
import { sanitize } from "../sanitize.ts";
import { Button } from "../ui/button.tsx";
import { restoreFocus } from "./restore-focus.ts";

/** What the user is asked to confirm. */
export interface ConfirmDialogProps {
  provider: ProviderCard;
  visit: ConnectVisit;
  /** The user goes on to the provider. */
  start: () => void;
  /** The dialog has closed. */
  onClosed: () => void;
}

/** Asks a user who came by a link that anybody can have sent, before they give access to an account of theirs. */
export function ConfirmDialog({ provider, visit, start, onClosed }: ConfirmDialogProps) {
  const { name } = provider;
  const [isOpen, setIsOpen] = useState(true);
  const [trigger] = useState(() => document.activeElement);
  const isConfirmed = useRef(false);
  return (
    <AlertDialog.Root open={isOpen} onOpenChange={setIsOpen}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="overlay" />
        <AlertDialog.Content
          className="dialog"
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            restoreFocus(trigger, provider.id);
            onClosed();
            if (isConfirmed.current) start();
          }}
        >
          <AlertDialog.Title>Connect {name}?</AlertDialog.Title>
          <AlertDialog.Description>
            You are giving <strong>{visit.product}</strong> access to your {name} account
            <Person user={visit.user} />. If a stranger sent you this link, close this page.
          </AlertDialog.Description>
          <div className="dialog-actions">
            <AlertDialog.Cancel asChild>
              <Button>Cancel</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button
                tone="primary"
                onClick={() => {
                  isConfirmed.current = true;
                }}
              >
                Continue to {name}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function Person({ user: { name, email } }: Pick<ConnectVisit, "user">) {
  const text = name && email ? `${name} (${email})` : name || email;
  if (!text) return null;
  return (
    <>
      , for{" "}
      <strong>
        <bdi>{sanitize(text, 300)}</bdi>
      </strong>
    </>
  );
}
