import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

/** Something that the user should know, where it happened. The page's live region announces it, so this text does not. */
export function Notice({ tone = "warning", children }: { tone?: "warning" | "quiet"; children: ReactNode }) {
  return (
    <div className={`notice ${tone}`}>
      <Icon name="alert" />
      <div>{children}</div>
    </div>
  );
}
