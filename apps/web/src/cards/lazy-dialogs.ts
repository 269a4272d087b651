import { type ComponentType, useState } from "react";
import { buildLoadFailedMessage } from "../ui/load-failed-message.ts";
import { useMessages } from "../ui/messages.tsx";

const loadDialogs = () => import("../dialogs.ts");

/** Loads the dialog that connects an account. */
export const loadConnectDialog = async () => (await loadDialogs()).ConnectDialog;

/** Loads the dialog that disconnects an account. */
export const loadDisconnectDialog = async () => (await loadDialogs()).DisconnectDialog;

/** Starts to load the dialogs while the user reaches for a button that opens one. */
export function prefetchDialogs(): void {
  loadDialogs().catch(() => undefined);
}

/** A dialog that is loaded when it is opened. */
export interface LazyDialog<Target> {
  /** The open dialog, to be drawn with its target. */
  opened: { Dialog: ComponentType<Target & { onClosed: () => void }>; target: Target } | undefined;
  openDialog: (target: Target) => void;
  closeDialog: () => void;
}

/**
 * Holds which dialog is open. If the dialog's file does not load, the page stays as it is, and a message offers to load the
 * page again. `purpose` ends the sentence "Load the page again, then …".
 */
export function useLazyDialog<Target>(
  load: () => Promise<ComponentType<Target & { onClosed: () => void }>>,
  purpose: string,
): LazyDialog<Target> {
  const { showMessage } = useMessages();
  const [opened, setOpened] = useState<LazyDialog<Target>["opened"]>();
  const openDialog = (target: Target): void => {
    load().then(
      (Dialog) => setOpened({ Dialog, target }),
      () => showMessage(buildLoadFailedMessage(purpose)),
    );
  };
  return { opened, openDialog, closeDialog: () => setOpened(undefined) };
}
