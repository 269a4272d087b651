import { endpoints, people } from "@patchbay/sandbox/people";

const { ada, tomas } = people.calendly;
const { grace, kwame } = people.paypal;
const { nora, omar } = people.shopify;
const { mei, luca } = people.stripe;
const { priya, jonas } = people.zoom;

/** What the tests need to know of a provider and of its people in the sandbox. */
export interface Provider {
  id: string;
  name: string;
  person: string;
  other: string;
  /** What the page shows of them when they are connected. */
  label: string;
  otherLabel: string;
  shop?: string;
  otherShop?: string;
  token: { host: string; path: string };
  /** Whether a user who says no is sent back. */
  deniesByReturn: boolean;
  /** What the page says about our access once an account is disconnected. Users of other tests may share the account. */
  receipt: RegExp;
}

export const calendly: Provider = {
  id: "calendly",
  name: "Calendly",
  person: ada.name,
  other: tomas.name,
  label: ada.name,
  otherLabel: tomas.name,
  token: endpoints.calendly.token,
  deniesByReturn: true,
  receipt: /Our access was withdrawn at Calendly\./,
};

export const paypal: Provider = {
  id: "paypal",
  name: "PayPal",
  person: grace.name,
  other: kwame.name,
  label: grace.email,
  otherLabel: kwame.email,
  token: endpoints.paypal.token,
  deniesByReturn: true,
  receipt: /One step left: remove our access in your PayPal settings\./,
};

export const shopify: Provider = {
  id: "shopify",
  name: "Shopify",
  person: nora.name,
  other: omar.name,
  label: nora.shop_name,
  otherLabel: omar.shop_name,
  shop: "acme-goods",
  otherShop: `${omar.typed}.myshopify.com`,
  token: endpoints.shopify.token,
  deniesByReturn: false,
  receipt: /(Our access was withdrawn|Other people here still use this account, so access) at Shopify/,
};

export const stripe: Provider = {
  id: "stripe",
  name: "Stripe",
  person: mei.name,
  other: luca.name,
  label: mei.business_name,
  otherLabel: luca.name,
  token: endpoints.stripe.token,
  deniesByReturn: true,
  receipt: /(Our access was withdrawn|Other people here still use this account, so access) at Stripe/,
};

export const zoom: Provider = {
  id: "zoom",
  name: "Zoom",
  person: priya.name,
  other: jonas.name,
  label: priya.name,
  otherLabel: jonas.name,
  token: endpoints.zoom.token,
  deniesByReturn: true,
  receipt: /(Our access was withdrawn|Other people here still use this account, so access) at Zoom/,
};
