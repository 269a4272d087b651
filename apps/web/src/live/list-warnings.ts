import type { Connection } from "@patchbay/api/router";
import { needsAttention } from "../cards/health.tsx";
import { sanitize } from "../sanitize.ts";
import type { Message } from "../ui/message.tsx";
import type { Messages } from "../ui/messages.tsx";

/** The messages about accounts that do not work. A message goes when its account works again. */
export function createWarnings(messages: Messages, reconnect: (connection: Connection) => void) {
  const removers = new Map<number, () => void>();
  return {
    /** Shows a warning, with a button that reconnects the account where that helps. */
    show: (connection: Connection, message: Message, canReconnect: boolean): void => {
      const action = canReconnect && {
        label: "Reconnect",
        accessibleName: `Reconnect ${sanitize(connection.label)}`,
        onPress: () => reconnect(connection),
      };
      const remove = messages.showMessage({ tone: "bad", ...message, ...(action && { tone: "warn", action }) });
      removers.set(connection.id, remove);
    },
    /** Removes the warnings about accounts that work again, or are gone. */
    removeSolved: (now: readonly Connection[]): void => {
      const broken = new Set(now.filter(needsAttention).map(({ id }) => id));
      for (const [id, remove] of removers) {
        if (broken.has(id)) continue;
        remove();
        removers.delete(id);
      }
    },
  };
}
