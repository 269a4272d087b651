import calendly from "./calendly.svg";
import paypal from "./paypal.svg";
import plug from "./plug.svg";
import shopify from "./shopify.svg";
import stripe from "./stripe.svg";
import telegram from "./telegram.svg";
import zoom from "./zoom.svg";

/** How a provider looks and is called on this page: one line each. */
const marks: Record<string, readonly [drawing: string, name: string]> = {
  calendly: [calendly, "Calendly"],
  paypal: [paypal, "PayPal"],
  shopify: [shopify, "Shopify"],
  stripe: [stripe, "Stripe"],
  telegram: [telegram, "Telegram"],
  zoom: [zoom, "Zoom"],
};

/** A provider without a mark gets the plug. */
export function ProviderMark({ id }: { id: string }) {
  return <img className="mark" src={markOf(id)?.[0] ?? plug} alt="" width="44" height="44" />;
}

/** The name of a provider before the list of providers has arrived. Unknown ids have none: they are never shown. */
export function nameOf(id: string | undefined): string | undefined {
  return id === undefined ? undefined : markOf(id)?.[1];
}

function markOf(id: string) {
  return Object.hasOwn(marks, id) ? marks[id] : undefined;
}
