import type { ProviderCard } from "@patchbay/api/router";
import { VisuallyHidden } from "../ui/visually-hidden.tsx";
import { useCardActions } from "./card-actions.tsx";
import { prefetchDialogs } from "./lazy-dialogs.ts";
import { RedirectButton } from "./redirect-button.tsx";

interface ConnectButtonProps {
  provider: ProviderCard;
  /** The card shows an account already. */
  hasAccounts: boolean;
  /** Without it, the button submits the form that it stands in. */
  onClick?: () => void;
}

/** Connects an account of a provider. */
export function ConnectButton({ provider, hasAccounts, onClick }: ConnectButtonProps) {
  const { id, name, methods } = provider;
  const { pending } = useCardActions().redirect;
  const prefetch = methods.includes("redirect") ? undefined : prefetchDialogs;
  const hiddenName = <VisuallyHidden> {name}</VisuallyHidden>;
  return (
    <RedirectButton
      name={name}
      busy={pending?.provider === id && pending.reconnectConnectionId === undefined}
      type={onClick ? "button" : "submit"}
      tone={hasAccounts ? "plain" : "primary"}
      onClick={onClick}
      onPointerEnter={prefetch}
      onFocus={prefetch}
    >
      <span>{hasAccounts ? <>Connect another{hiddenName} account</> : <>Connect{hiddenName}</>}</span>
    </RedirectButton>
  );
}
