import { type ReactNode, useEffect, useState } from "react";
import type { Connection } from "@patchbay/api/router";
import { useMessages } from "../ui/messages.tsx";
import { unloadedMessage } from "../ui/unloaded.ts";
import { goToCard } from "./card-id.ts";
import type { DialogProps } from "./disconnect-dialog.tsx";
import { keepSlips, keptSlips } from "./kept-slips.ts";
import type { Slip } from "./receipt.tsx";

/** The dialog and what it stands on: loaded when somebody reaches for it, for most visits do not need it. */
const load = () => import("./disconnect-dialog.tsx");

type Asked = Pick<DialogProps, "connection" | "name"> & {
  trigger: HTMLElement;
  Dialog: Awaited<ReturnType<typeof load>>["DisconnectDialog"];
};

interface Disconnecting {
  ask: (connection: Connection, name: string, trigger: HTMLElement) => void;
  dialog: ReactNode;
  /** Newest last. */
  slips: readonly Slip[];
  dismiss: (slip: Slip) => void;
}

/** Begins to load it. */
export function expectDisconnecting(): void {
  load().catch(() => undefined);
}

export function useDisconnecting(): Disconnecting {
  const { show } = useMessages();
  const [asked, setAsked] = useState<Asked>();
  const [slips, setSlips] = useState(keptSlips);
  useEffect(() => keepSlips(slips), [slips]);
  const ask: Disconnecting["ask"] = (connection, name, trigger) => {
    load().then(
      ({ DisconnectDialog }) => setAsked({ connection, name, trigger, Dialog: DisconnectDialog }),
      () => show(unloadedMessage("disconnect")),
    );
  };
  const closed = (): void => {
    if (asked) focusAfter(asked);
    setAsked(undefined);
  };
  const dismiss = (slip: Slip): void => {
    setSlips((now) => now.filter((other) => other !== slip));
    goToCard(slip.provider);
  };
  const dialog = asked && (
    <asked.Dialog
      connection={asked.connection}
      name={asked.name}
      disconnected={(slip) => setSlips((now) => [...now, slip])}
      closed={closed}
    />
  );
  return { ask, dialog, slips, dismiss };
}

/** Back to the button that was pressed; where its account is gone, to the card it was on. */
function focusAfter({ trigger, connection }: Asked): void {
  if (trigger.isConnected) trigger.focus();
  else goToCard(connection.provider);
}
