import { type ReactNode, useState } from "react";
import type { Connection, ProviderCard } from "@patchbay/api/router";
import { useMessages } from "../ui/messages.tsx";
import { unloadedMessage } from "../ui/unloaded.ts";
import type { WalkDialogProps } from "../walk/walk-dialog.tsx";

/** The dialog and what it stands on: loaded when somebody reaches for it. */
const load = () => import("../walk/walk-dialog.tsx");

type Opened = Pick<WalkDialogProps, "provider" | "reconnects"> & {
  Dialog: Awaited<ReturnType<typeof load>>["WalkDialog"];
};

/** Begins to load it. */
export function expectWalking(): void {
  load().catch(() => undefined);
}

/** Connecting without leaving this page. */
export interface Walking {
  walk: (provider: ProviderCard, reconnects?: Connection) => void;
  dialog: ReactNode;
}

export function useWalking(): Walking {
  const { show } = useMessages();
  const [opened, setOpened] = useState<Opened>();
  const walk: Walking["walk"] = (provider, reconnects) => {
    load().then(
      ({ WalkDialog }) => setOpened({ provider, reconnects, Dialog: WalkDialog }),
      () => show(unloadedMessage("connect")),
    );
  };
  // Another account is another walk, in a dialog of its own.
  const key = opened && `${opened.provider.id} ${opened.reconnects?.id}`;
  const dialog = opened && <opened.Dialog key={key} {...opened} closed={() => setOpened(undefined)} />;
  return { walk, dialog };
}
