import { calendlyPeople } from "./providers/calendly/people.ts";
import { paypalPeople } from "./providers/paypal/people.ts";
import { shopifyPeople } from "./providers/shopify/people.ts";
import { stripePeople } from "./providers/stripe/people.ts";
import { zoomPeople } from "./providers/zoom/people.ts";
import { telegramPeople } from "./telegram/people.ts";

/** The people who live in the sandbox, by provider and id. The first two of each provider can connect at once. */
export const people = {
  calendly: calendlyPeople,
  paypal: paypalPeople,
  shopify: shopifyPeople,
  stripe: stripePeople,
  telegram: telegramPeople,
  zoom: zoomPeople,
};

const paypalApi = "api-m.sandbox.paypal.com";
const shop = shopifyPeople.nora.shop;

/** Where a product gets tokens, identifies an account and ends its access. At Shopify the host is Nora's shop. */
export const endpoints = {
  calendly: {
    token: { host: "auth.calendly.com", path: "/oauth/token" },
    identity: { host: "api.calendly.com", path: "/users/me" },
    revocation: { host: "auth.calendly.com", path: "/oauth/revoke" },
  },
  paypal: {
    token: { host: paypalApi, path: "/v1/oauth2/token" },
    identity: { host: paypalApi, path: "/v1/identity/oauth2/userinfo" },
    revocation: { host: paypalApi, path: "/v1/oauth2/token/terminate" },
  },
  shopify: {
    token: { host: shop, path: "/admin/oauth/access_token" },
    identity: { host: shop, path: "/admin/api" },
    revocation: { host: shop, path: "/admin/api" },
  },
  stripe: {
    token: { host: "connect.stripe.com", path: "/oauth/token" },
    identity: { host: "api.stripe.com", path: "/v1/accounts" },
    revocation: { host: "connect.stripe.com", path: "/oauth/deauthorize" },
  },
  zoom: {
    token: { host: "zoom.us", path: "/oauth/token" },
    identity: { host: "api.zoom.us", path: "/v2/users/me" },
    revocation: { host: "zoom.us", path: "/oauth/revoke" },
  },
} as const;
