import calendly from "./calendly.svg";
import paypal from "./paypal.svg";
import plug from "./plug.svg";
import shopify from "./shopify.svg";
import stripe from "./stripe.svg";
import telegram from "./telegram.svg";
import zoom from "./zoom.svg";

/** How each provider looks and is called on this page. One line for each provider. */
const marks: Record<string, readonly [drawing: string, name: string]> = {
  calendly: [calendly, "Calendly"],
  paypal: [paypal, "PayPal"],
  shopify: [shopify, "Shopify"],
  stripe: [stripe, "Stripe"],
  telegram: [telegram, "Telegram"],
  zoom: [zoom, "Zoom"],
};

/** Shows a provider's mark. A provider without one gets a plug. */
export function ProviderMark({ id }: { id: string }) {
  return <img className="mark" src={findMark(id)?.[0] ?? plug} alt="" width="44" height="44" />;
}

/** Finds the name of a provider before the list of providers is loaded. An unknown id has none, and is never shown. */
export function findProviderName(id: string | undefined): string | undefined {
  return id === undefined ? undefined : findMark(id)?.[1];
}

function findMark(id: string) {
  return Object.hasOwn(marks, id) ? marks[id] : undefined;
}
