import { type ComponentProps, useRef } from "react";
import { Button } from "../ui/button.tsx";
import { Hidden } from "../ui/hidden.tsx";

interface Props extends ComponentProps<typeof Button> {
  /** The provider's name. */
  name: string;
  busy: boolean;
  /** Stays here after all. */
  cancel: () => void;
}

/** Leads to a provider's page, and offers to stay while the browser is on its way there. */
export function LeaveButton({ name, busy, cancel, children, ...button }: Props) {
  const own = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button {...button} ref={own} busy={busy}>
        {busy ? <>Taking you to {name}…</> : children}
      </Button>
      {busy && (
        <Button
          tone="quiet"
          onClick={() => {
            own.current?.focus();
            cancel();
          }}
        >
          Cancel<Hidden> going to {name}</Hidden>
        </Button>
      )}
    </>
  );
}
