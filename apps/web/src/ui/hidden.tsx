import type { ReactNode } from "react";

/** Read out, not seen. */
export function Hidden({ children }: { children: ReactNode }) {
  return <span className="hidden">{children}</span>;
}
