import type { ScopeRules } from "../../oauth/index.ts";

const accountAttributes = "https://uri.paypal.com/services/paypalattributes";

/** The scopes of Log in with PayPal: https://developer.paypal.com/docs/log-in-with-paypal/integrate/reference */
export const paypalScopes: ScopeRules = {
  // Without `openid` PayPal shows an error page. The account ID identifies the account.
  identity: ["openid", accountAttributes],
  usual: ["openid", "email", "profile", accountAttributes],
  form: /^(?:openid|profile|email|address|phone|https:\/\/uri\.paypal\.com\/[\w./-]{1,200})$/,
  separator: " ",
  // PayPal's documentation shows token answers without the names of the attributes, and users cannot leave any out.
  namesOnlySome: true,
  words: {
    openid: "See your PayPal account ID and whether it is verified",
    [accountAttributes]: "See your PayPal account ID and whether it is verified",
    email: "See your e-mail address",
    profile: "See your name",
    address: "See your postal address",
    phone: "See your phone number",
  },
};
