import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

/** Something the user should know, where it happened. Spoken by the page's live region, not by itself. */
export function Notice({ tone = "warning", children }: { tone?: "warning" | "quiet"; children: ReactNode }) {
  return (
    <div className={`notice ${tone}`}>
      <Icon name="alert" />
      <div>{children}</div>
    </div>
  );
}
