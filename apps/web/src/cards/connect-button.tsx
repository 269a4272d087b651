import type { ProviderCard } from "@patchbay/api/router";
import { Hidden } from "../ui/hidden.tsx";
import { LeaveButton } from "./leave-button.tsx";

interface Props {
  provider: ProviderCard;
  another: boolean;
  busy: boolean;
  held: boolean;
  cancel: () => void;
  /** Somebody is about to press it. */
  onReach?: () => void;
  /** Without it the button submits the form it stands in. */
  onClick?: () => void;
}

export function ConnectButton({ provider: { name }, another, onReach, onClick, ...state }: Props) {
  return (
    <LeaveButton
      {...state}
      name={name}
      type={onClick ? "button" : "submit"}
      tone={another ? "plain" : "primary"}
      onClick={onClick}
      onPointerEnter={onReach}
      onFocus={onReach}
    >
      <Label name={name} another={another} />
    </LeaveButton>
  );
}

function Label({ name, another }: { name: string; another: boolean }) {
  const hidden = <Hidden> {name}</Hidden>;
  return <span>{another ? <>Connect another{hidden} account</> : <>Connect{hidden}</>}</span>;
}
