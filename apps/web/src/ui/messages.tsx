import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from "react";
import { type Action, type Message, Words } from "./message.tsx";
import { type Toast, Toasts } from "./toasts.tsx";

interface Messages {
  /** Speaks without showing: what it says can be seen elsewhere. */
  say: (message: Message) => void;
  /** Shows and speaks. Gives what takes it out of sight again, where it is no longer so. */
  show: (message: Message & { action?: Action }) => () => void;
  /** Takes what is about these connections out of sight. */
  retract: (gone: (connection: number) => boolean) => void;
}

const Context = createContext<Messages>({
  say: () => undefined,
  show: () => () => undefined,
  retract: () => undefined,
});

export const useMessages = (): Messages => use(Context);

/** Holds the page's one live region and its toasts. */
export function MessagesProvider({ children }: { children: ReactNode }) {
  const keys = useRef(0);
  const [spoken, setSpoken] = useState<Toast>();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const drop = useCallback((key: number) => setToasts((now) => now.filter((toast) => toast.key !== key)), []);
  const messages = useMemo<Messages>(() => {
    const speak = <Spoken extends Message>(message: Spoken): Spoken & { key: number } => {
      const toast = { ...message, key: (keys.current += 1) };
      setSpoken(toast);
      return toast;
    };
    return {
      say: (message) => void speak(message),
      show: (message) => {
        const toast = speak(message);
        // The newest takes the place of the one before. What offers something to do is left to its own time.
        setToasts((now) => [...now.filter(({ action }) => action), toast]);
        return () => drop(toast.key);
      },
      retract: (gone) => setToasts((now) => now.filter(({ about }) => about === undefined || !gone(about))),
    };
  }, [drop]);
  return (
    <Context value={messages}>
      {children}
      <output className="hidden" aria-live="polite">
        {spoken && (
          <span key={spoken.key}>
            <Words message={spoken} />
          </span>
        )}
      </output>
      <Toasts toasts={toasts} drop={drop} />
    </Context>
  );
}
