import { Icon } from "./icon.tsx";

export function Dismiss({ onClick }: { onClick: () => void }) {
  return (
    <button type="button" className="dismiss" aria-label="Dismiss message" onClick={onClick}>
      <Icon name="close" />
    </button>
  );
}
