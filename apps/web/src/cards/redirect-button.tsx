import { type ComponentProps, useRef } from "react";
import { Button } from "../ui/button.tsx";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";
import { useCardActions } from "./card-actions.tsx";

interface RedirectButtonProps extends ComponentProps<typeof Button> {
  /** The provider's name. */
  name: string;
  /** The redirect that this button started is under way. */
  busy: boolean;
}

/** Starts a redirect to a provider's page. While one is under way, this button offers to cancel it, and others wait. */
export function RedirectButton({ name, busy, children, ...button }: RedirectButtonProps) {
  const { pending, cancelRedirect } = useCardActions().redirect;
  const own = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button {...button} ref={own} busy={busy} blocked={pending !== undefined}>
        {busy ? <>Taking you to {name}…</> : children}
      </Button>
      {busy && (
        <Button
          tone="quiet"
          onClick={() => {
            own.current?.focus();
            cancelRedirect();
          }}
        >
          Cancel<VisuallyHidden> going to {name}</VisuallyHidden>
        </Button>
      )}
    </>
  );
}
