import { useEffect, useEffectEvent, useRef } from "react";
import { Dismiss } from "./dismiss.tsx";
import { Icon } from "./icon.tsx";
import { type Message, Words } from "./message.tsx";

export type Toast = Message & { key: number };

/** Long enough to read twice. */
const SHOWN_FOR = 8_000;

type Drop = (key: number) => void;

export function Toasts({ toasts, drop }: { toasts: readonly Toast[]; drop: Drop }) {
  if (toasts.length === 0) return null;
  return (
    <section className="toasts" aria-label="Messages">
      <ul>
        {toasts.map((toast) => (
          <ToastItem key={toast.key} toast={toast} drop={drop} />
        ))}
      </ul>
    </section>
  );
}

function ToastItem({ toast, drop }: { toast: Toast; drop: Drop }) {
  const item = useRef<HTMLLIElement>(null);
  const end = useEffectEvent(() => {
    // A toast that is pointed at or focused waits.
    if (!item.current?.matches(":hover, :focus-within")) drop(toast.key);
  });
  useEffect(() => {
    const timer = setInterval(end, SHOWN_FOR);
    return () => clearInterval(timer);
  }, []);
  return (
    <li className="toast" ref={item}>
      <Icon name="check" />
      <p>
        <Words message={toast} />
      </p>
      <Dismiss onClick={() => drop(toast.key)} />
    </li>
  );
}
