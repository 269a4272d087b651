import type { ConnectVisit } from "@patchbay/api/router";
import { useEffect, useEffectEvent, useRef } from "react";
import type { ConnectLink } from "../bootstrap.ts";
import { useCardActions } from "../cards/card-actions.tsx";
import { cardElementId } from "../cards/card-id.ts";
import { hasFieldsBeforeRedirect } from "../cards/card.tsx";
import { isPaused } from "../cards/health.tsx";
import type { LoadedLists } from "./connect-notice.ts";

interface StartFlowProps {
  link: ConnectLink;
  visit: ConnectVisit;
  lists: LoadedLists;
}

/** Goes straight on to what the link is for, once: to the account to reconnect, or to the provider that it names. */
export function StartFlow({ link, visit, lists: { providers, connections } }: StartFlowProps) {
  const { connectAccount, reconnectAccount } = useCardActions();
  const hasStarted = useRef(false);
  const start = useEffectEvent(() => {
    // A reload stays on this page.
    if (hasStarted.current || link.token === "") return;
    hasStarted.current = true;
    const connection = connections.find(({ id }) => id === visit.connection);
    const provider = providers.find(({ id }) => id === (connection?.provider ?? link.provider));
    if (!provider?.configured) return;
    if (connection) {
      if (!isPaused(connection)) reconnectAccount(connection);
    } else if (hasFieldsBeforeRedirect(provider)) focusFirstField(provider.id);
    else connectAccount(provider);
  });
  useEffect(() => start(), []);
  return null;
}

function focusFirstField(provider: string): void {
  const card = document.getElementById(cardElementId(provider));
  card?.querySelector("input")?.focus();
  card?.scrollIntoView({ block: "nearest" });
}
