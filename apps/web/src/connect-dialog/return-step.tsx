import { useEffect, useRef } from "react";

interface ReturnStepProps {
  /** The provider's name. */
  name: string;
  /** The product's name. */
  product: string;
  to: string;
}

/** Says that the product takes over. The browser is on its way there, and the link is for a browser that stays. */
export function ReturnStep({ name, product, to }: ReturnStepProps) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => link.current?.focus(), []);
  return (
    <div className="over">
      <p>
        Your {name} account is ready. Taking you back to <bdi>{product}</bdi>…
      </p>
      <a className="button primary" href={to} ref={link}>
        Go on to {product}
      </a>
    </div>
  );
}
