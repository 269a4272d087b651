import type { ReactNode } from "react";
import { getAppName } from "./title.ts";

/** The bar at the top of each page, with the product's name. Its end shows the children. */
export function Header({ product = getAppName(), children }: { product?: string; children?: ReactNode }) {
  return (
    <header className="top">
      <div className="top-inner">
        <span className="brand">
          <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <circle cx="8" cy="9" r="4.5" />
            <circle cx="24" cy="23" r="4.5" />
            <path d="M8 13.5v3c0 9 16-9.5 16-.5v2.5" />
          </svg>
          <bdi>{product}</bdi>
        </span>
        {children}
      </div>
    </header>
  );
}
