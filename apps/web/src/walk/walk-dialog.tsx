import { useQueryClient } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { Dialog } from "radix-ui";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Connection, ProviderCard } from "@patchbay/api/router";
import { goToCard } from "../cards/card-id.ts";
import { connectedMessage } from "../cards/connected.ts";
import { claim } from "../live/own.ts";
import { sessionKey, trpc } from "../trpc.ts";
import { Icon } from "../ui/icon.tsx";
import { useMessages } from "../ui/messages.tsx";
import { doorsOf } from "./doors.ts";
import { Stage } from "./stage.tsx";
import type { Way } from "./step.ts";
import { createWalk, type Ports, type Walk } from "./walk.ts";
import { Ways } from "./ways.tsx";

// The style that keeps the page behind from scrolling is let in by the policy's nonce.
setNonce(document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "");

export interface WalkDialogProps {
  provider: ProviderCard;
  /** The connection to be renewed. */
  reconnects: Connection | undefined;
  /** The dialog is over and gone, and no other has taken its place. */
  closed: () => void;
}

/** Connects an account by what its provider asks, or gives to scan. */
export function WalkDialog({ provider, reconnects, closed }: WalkDialogProps) {
  const [open, setOpen] = useState(true);
  const [trigger] = useState(() => document.activeElement);
  const [renewed, setRenewed] = useState(reconnects);
  const [connected, setConnected] = useState(false);
  const over = useRef(false);
  useEffect(() => claim(provider.id), [provider.id]);
  const close = (): void => {
    over.current = true;
    setOpen(false);
  };
  return (
    <Dialog.Root open={open} onOpenChange={close}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content
          className="dialog walk"
          aria-describedby={undefined}
          // A press beside it, on a message for example, does not throw away what was typed.
          onInteractOutside={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // Another dialog has taken its place, and the focus.
            if (!over.current) return;
            focusAfter(connected ? null : trigger, provider.id);
            closed();
          }}
        >
          <WalkStage
            key={renewed?.id ?? "anew"}
            provider={provider}
            renewed={renewed}
            another={() => setRenewed(undefined)}
            connected={() => {
              setConnected(true);
              close();
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

interface WalkStageProps {
  provider: ProviderCard;
  renewed: Connection | undefined;
  /** Begins again, for whichever account. */
  another: () => void;
  connected: () => void;
}

/** From the first question or code to the account that it was for. */
function WalkStage({ provider: card, renewed, another, connected }: WalkStageProps) {
  const [provider] = useState(() => ({ ...card, ...(renewed && { expected: renewed.label }) }));
  const ways = waysOf(provider);
  const [way, setWay] = useState<Way>(ways[0] ?? "ask");
  const walks = useWalks({ provider, reconnects: renewed?.id }, connected);
  const walk = walks[way];
  const view = useSyncExternalStore(walk.subscribe, walk.get);
  const stage = (
    <Stage {...{ provider, way, walk, view, another }} other={ways.find((other) => other !== way)} change={setWay} />
  );
  return (
    <>
      <Dialog.Title>
        {renewed === undefined ? "Connect" : "Reconnect"} {provider.name}
      </Dialog.Title>
      {ways.length > 1 && view.step?.type !== "ask" ? (
        <Ways ways={ways} way={way} change={setWay} opening={provider.fields}>
          {stage}
        </Ways>
      ) : (
        stage
      )}
    </>
  );
}

/** Scanning first, where it can be had: nothing has to be typed. */
const waysOf = ({ methods }: ProviderCard): Way[] => (["scan", "ask"] as const).filter((way) => methods.includes(way));

function useWalks(target: Pick<Ports, "provider" | "reconnects">, connected: () => void) {
  const { say, show } = useMessages();
  const queries = useQueryClient();
  const utils = trpc.useUtils();
  const [walks] = useState((): Record<Way, Walk> => {
    const { list } = utils.connections;
    const ports: Ports = {
      ...target,
      doors: doorsOf(utils.client),
      say: (text) => say({ text }),
      connected: (connection) => {
        list.setData(undefined, (now) => now && [...now.filter(({ id }) => id !== connection.id), connection]);
        void list.invalidate();
        show(connectedMessage(target.provider.name, connection));
        connected();
      },
      signedOut: () => void queries.invalidateQueries({ queryKey: sessionKey }),
      gone: () => void list.invalidate(),
    };
    return { ask: createWalk("ask", ports), scan: createWalk("scan", ports) };
  });
  return walks;
}

/** Back to the button that was pressed; to the card where that is gone, or has nothing more to do. */
function focusAfter(trigger: Element | null, provider: string): void {
  if (trigger instanceof HTMLElement && trigger.isConnected && trigger !== document.body) trigger.focus();
  else goToCard(provider);
}
