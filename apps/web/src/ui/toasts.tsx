import { useEffect, useEffectEvent, useRef } from "react";
import { Button } from "./button.tsx";
import { DismissButton } from "./dismiss-button.tsx";
import { Icon } from "./icon.tsx";
import { type Message, type MessageAction, MessageText } from "./message.tsx";
import { reserveToastSpace } from "./reserve-toast-space.ts";

/** A message that is shown for some seconds. */
export type Toast = Message & { key: number; action?: MessageAction };

/** How long a message is shown: long enough to read it twice. */
const toastMs = 8_000;
/** How long a message with an action is shown: long enough to also reach for its button. */
const actionToastMs = 24_000;

/** How many messages with an action are shown at a time. The others wait, and none is dropped. */
const maxActionToasts = 2;

interface ToastsProps {
  toasts: readonly Toast[];
  removeToast: (key: number) => void;
}

/** Shows messages at the bottom of the page. */
export function Toasts({ toasts, removeToast }: ToastsProps) {
  // Failures come first: they are about what the user has just tried.
  const withAction = toasts
    .filter(({ action }) => action)
    .toSorted((a, b) => Number(b.tone === "bad") - Number(a.tone === "bad"));
  const shown = [...withAction.slice(0, maxActionToasts), ...toasts.filter(({ action }) => !action)];
  const waiting = withAction.length - maxActionToasts;
  if (shown.length === 0) return null;
  return (
    <section className="toasts" aria-label="Messages" ref={reserveToastSpace}>
      <ul>
        {shown.map((toast) => (
          <ToastItem key={toast.key} toast={toast} remove={() => removeToast(toast.key)} />
        ))}
      </ul>
      {waiting > 0 && <p className="toasts-waiting">{waiting === 1 ? "1 more message" : `${waiting} more messages`}</p>}
    </section>
  );
}

function ToastItem({ toast, remove }: { toast: Toast; remove: () => void }) {
  const { action } = toast;
  const tone = toast.tone ?? (action ? "warn" : "good");
  const item = useRef<HTMLLIElement>(null);
  const removeUnlessUsed = useEffectEvent(() => {
    // A message that is pointed at or focused stays.
    if (!item.current?.matches(":hover, :focus-within")) remove();
  });
  useEffect(() => {
    const timer = setInterval(removeUnlessUsed, action ? actionToastMs : toastMs);
    return () => clearInterval(timer);
  }, [action]);
  return (
    <li className={`toast ${tone}`} ref={item}>
      <Icon name={tone === "good" ? "check" : "alert"} />
      <p>
        <MessageText message={toast} />
        {action && (
          <Button
            aria-label={action.accessibleName}
            onClick={() => {
              remove();
              action.onPress();
            }}
          >
            {action.label}
          </Button>
        )}
      </p>
      <DismissButton onClick={remove} />
    </li>
  );
}
