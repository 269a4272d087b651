import { Icon } from "./icon.tsx";

/** Removes a message or a receipt. */
export function DismissButton({ onClick }: { onClick: () => void }) {
  return (
    <button type="button" className="dismiss" aria-label="Dismiss message" onClick={onClick}>
      <Icon name="close" />
    </button>
  );
}
