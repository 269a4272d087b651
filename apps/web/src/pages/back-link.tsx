import type { ConnectVisit } from "@patchbay/api/router";

interface BackLinkProps {
  visit: ConnectVisit;
  tone: "primary" | "quiet";
}

/** Leads back to the product, and says which visit it was. A link that came by mail has no way back. */
export function BackLink({ visit: { id, product, returnUrl }, tone }: BackLinkProps) {
  const url = returnUrl === null ? null : URL.parse(returnUrl);
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  url.searchParams.set("connect_session", id);
  return (
    <a className={`button ${tone} back`} href={url.href}>
      <span>
        Back to <bdi>{product}</bdi>
      </span>
    </a>
  );
}
