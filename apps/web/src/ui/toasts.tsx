import { useEffect, useEffectEvent, useRef } from "react";
import { Button } from "./button.tsx";
import { Dismiss } from "./dismiss.tsx";
import { Icon } from "./icon.tsx";
import { keepClear } from "./keep-clear.ts";
import { type Action, type Message, Words } from "./message.tsx";

export type Toast = Message & { key: number; action?: Action };

/** Long enough to read twice, and to reach for what can be done. */
const SHOWN_FOR = 8_000;
const OFFERED_FOR = 24_000;

/** So many offers are in sight at a time. The others wait for their turn: none is dropped. */
const mostOffers = 2;

type Drop = (key: number) => void;

export function Toasts({ toasts, drop }: { toasts: readonly Toast[]; drop: Drop }) {
  // What the user has just tried in vain comes before what happened by itself.
  const offers = toasts
    .filter(({ action }) => action)
    .toSorted((a, b) => Number(b.tone === "bad") - Number(a.tone === "bad"));
  const shown = [...offers.slice(0, mostOffers), ...toasts.filter(({ action }) => !action)];
  const waiting = offers.length - mostOffers;
  if (shown.length === 0) return null;
  return (
    <section className="toasts" aria-label="Messages" ref={keepClear}>
      <ul>
        {shown.map((toast) => (
          <ToastItem key={toast.key} toast={toast} drop={drop} />
        ))}
      </ul>
      {waiting > 0 && <p className="toasts-waiting">{waiting === 1 ? "1 more message" : `${waiting} more messages`}</p>}
    </section>
  );
}

function ToastItem({ toast, drop }: { toast: Toast; drop: Drop }) {
  const { action, key } = toast;
  const tone = toast.tone ?? (action ? "warn" : "good");
  const item = useRef<HTMLLIElement>(null);
  const end = useEffectEvent(() => {
    // A toast that is pointed at or focused waits.
    if (!item.current?.matches(":hover, :focus-within")) drop(key);
  });
  useEffect(() => {
    const timer = setInterval(end, action ? OFFERED_FOR : SHOWN_FOR);
    return () => clearInterval(timer);
  }, [action]);
  return (
    <li className={`toast ${tone}`} ref={item}>
      <Icon name={tone === "good" ? "check" : "alert"} />
      <p>
        <Words message={toast} />
        {action && (
          <Button
            aria-label={action.name}
            onClick={() => {
              drop(key);
              action.act();
            }}
          >
            {action.label}
          </Button>
        )}
      </p>
      <Dismiss onClick={() => drop(key)} />
    </li>
  );
}
