import type { ProviderCard } from "@patchbay/api/router";
import { Button } from "../ui/button.tsx";
import { Hidden } from "../ui/hidden.tsx";

interface Props {
  provider: ProviderCard;
  another: boolean;
  busy: boolean;
  held: boolean;
  /** Somebody is about to press it. */
  onReach?: () => void;
  /** Without it the button submits the form it stands in. */
  onClick?: () => void;
}

export function ConnectButton({ provider: { name }, another, busy, held, onReach, onClick }: Props) {
  return (
    <Button
      type={onClick ? "button" : "submit"}
      tone={another ? "plain" : "primary"}
      {...{ busy, held, onClick }}
      onPointerEnter={onReach}
      onFocus={onReach}
    >
      {busy ? <>Taking you to {name}…</> : <Label name={name} another={another} />}
    </Button>
  );
}

function Label({ name, another }: { name: string; another: boolean }) {
  const hidden = <Hidden> {name}</Hidden>;
  return <span>{another ? <>Connect another{hidden} account</> : <>Connect{hidden}</>}</span>;
}
