import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from "react";
import { type Message, type MessageAction, MessageText } from "./message.tsx";
import { type Toast, Toasts } from "./toasts.tsx";

/** How the page tells the user that something happened. */
export interface Messages {
  /** Announces a message to screen readers. It can be seen elsewhere on the page. */
  announce: (message: Message) => void;
  /** Shows and announces a message. Returns a function that removes it. */
  showMessage: (message: Message & { action?: MessageAction }) => () => void;
  /** Removes the messages about connections that match. */
  removeMessages: (matches: (connection: number) => boolean) => void;
}

const MessagesContext = createContext<Messages>({
  announce: () => undefined,
  showMessage: () => () => undefined,
  removeMessages: () => undefined,
});

/** Gets how the page tells the user that something happened. */
export const useMessages = (): Messages => use(MessagesContext);

/** Holds the page's one live region and the messages that are shown. */
export function MessagesProvider({ children }: { children: ReactNode }) {
  const lastKey = useRef(0);
  const [announced, setAnnounced] = useState<Toast>();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const removeToast = useCallback((key: number) => setToasts((now) => now.filter((toast) => toast.key !== key)), []);
  const messages = useMemo<Messages>(() => {
    const announceWithKey = <Announced extends Message>(message: Announced): Announced & { key: number } => {
      const toast = { ...message, key: (lastKey.current += 1) };
      setAnnounced(toast);
      return toast;
    };
    return {
      announce: (message) => void announceWithKey(message),
      showMessage: (message) => {
        const toast = announceWithKey(message);
        // The newest message replaces the one before. Messages with an action stay for their own time.
        setToasts((now) => [...now.filter(({ action }) => action), toast]);
        return () => removeToast(toast.key);
      },
      removeMessages: (matches) =>
        setToasts((now) => now.filter(({ about }) => about === undefined || !matches(about))),
    };
  }, [removeToast]);
  return (
    <MessagesContext value={messages}>
      {children}
      <output className="visually-hidden" aria-live="polite">
        {announced && (
          <span key={announced.key}>
            <MessageText message={announced} />
          </span>
        )}
      </output>
      <Toasts toasts={toasts} removeToast={removeToast} />
    </MessagesContext>
  );
}
