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
  receipt: RegExp;
}

export const calendly: Provider = {
  id: "calendly",
  name: "Calendly",
  person: "Ada Okafor",
  other: "Tomás Herrera",
  label: "Ada Okafor",
  otherLabel: "Tomás Herrera",
  token: { host: "auth.calendly.com", path: "/oauth/token" },
  deniesByReturn: true,
  receipt: /./,
};

export const paypal: Provider = {
  id: "paypal",
  name: "PayPal",
  person: "Grace Lindholm",
  other: "Kwame Boateng",
  label: "grace@nordic-ceramics.example",
  otherLabel: "kwame.boateng@mail.example",
  token: { host: "api-m.sandbox.paypal.com", path: "/v1/oauth2/token" },
  deniesByReturn: true,
  receipt: /PayPal/,
};

export const shopify: Provider = {
  id: "shopify",
  name: "Shopify",
  person: "Nora Lindqvist",
  other: "Omar Haddad",
  label: "Acme Goods",
  otherLabel: "Acme Outlet",
  shop: "acme-goods",
  otherShop: "acme-outlet.myshopify.com",
  token: { host: "acme-goods.myshopify.com", path: "/admin/oauth/access_token" },
  deniesByReturn: false,
  receipt: /./,
};

export const stripe: Provider = {
  id: "stripe",
  name: "Stripe",
  person: "Mei Tanaka",
  other: "Luca Moretti",
  label: "Tanaka Bikes",
  otherLabel: "Luca Moretti",
  token: { host: "connect.stripe.com", path: "/oauth/token" },
  deniesByReturn: true,
  receipt: /./,
};

export const zoom: Provider = {
  id: "zoom",
  name: "Zoom",
  person: "Priya Raman",
  other: "Jonas Weber",
  label: "Priya Raman",
  otherLabel: "Jonas Weber",
  token: { host: "zoom.us", path: "/oauth/token" },
  deniesByReturn: true,
  receipt: /./,
};
