import { describe, expect, it } from "vitest";
import { forgetPendingFinish, type ReturnUrl, parseReturnUrl, consumeReturnUrl } from "./return-url.ts";

const finish = (provider: string | undefined, rest: { state?: string; shop?: string; iss?: string }): ReturnUrl => ({
  type: "finish",
  input: { provider, ticket: "t", ...rest },
});
const failed = (provider: string | undefined, code: Extract<ReturnUrl, { type: "failed" }>["code"]): ReturnUrl => ({
  type: "failed",
  provider,
  code,
});

const long = "x".repeat(5000);

describe("the page reads from its address", () => {
  it.each<[string, string, ReturnUrl]>([
    ["nothing where nothing is", "", { type: "none" }],
    ["nothing where only a provider is", "provider=zoom", { type: "none" }],
    ["nothing from parameters of others", "utm_source=mail&ref=7", { type: "none" }],
    ["Calendly’s return", "provider=calendly&code=t", finish("calendly", {})],
    ["Stripe’s return", "provider=stripe&code=t&state=s", finish("stripe", { state: "s" })],
    ["Zoom’s return", "provider=zoom&zoom_code=t", finish("zoom", {})],
    ["Zoom’s return without a provider", "zoom_code=t", finish("zoom", {})],
    [
      "Shopify’s return",
      "provider=shopify&code=t&shop=acme.myshopify.com&state=s&verified=true",
      finish("shopify", { state: "s", shop: "acme.myshopify.com" }),
    ],
    ["PayPal’s success as a hint", "paypal=success", { type: "unconfirmed", provider: "paypal" }],
    ["PayPal’s failure", "paypal=error&error=grant_rejected", failed("paypal", "grant_rejected")],
    ["PayPal’s failure without a reason", "paypal=error", failed("paypal", null)],
    ["a return straight to the page", "code=t&state=s&scope=openid", finish(undefined, { state: "s" })],
    [
      "who gave the code, where the return says so",
      "code=t&state=s&iss=https%3A%2F%2Fconnect.stripe.com",
      finish(undefined, { state: "s", iss: "https://connect.stripe.com" }),
    ],
    ["an empty issuer as one", "code=t&state=s&iss=", finish(undefined, { state: "s", iss: "" })],
    ["two issuers as no request of ours", "code=t&state=s&iss=a&iss=b", failed(undefined, "invalid_request")],
    ["a denial straight to the page", "error=access_denied&state=s", failed(undefined, "access_denied")],
    ["a failure with its provider", "error=invalid_hmac&provider=shopify", failed("shopify", "invalid_hmac")],
    ["a failure without a provider", "error=missing_code", failed(undefined, "missing_code")],
    ["an unknown failure as no code at all", "error=%3Cb%3Eboo&provider=zoom", failed("zoom", null)],
    ["a failure named like a method as no code", "error=toString&provider=zoom", failed("zoom", null)],
    ["a failure before a code", "provider=zoom&zoom_code=t&error=access_denied", failed("zoom", "access_denied")],
    ["an empty code as missing", "provider=zoom&zoom_code=", failed("zoom", "missing_code")],
    ["two codes as no request of ours", "provider=calendly&code=t&code=u", failed("calendly", "invalid_request")],
    ["two providers as no request of ours", "provider=zoom&provider=x&code=t", failed("zoom", "invalid_request")],
    [
      "a code of absurd length as no request of ours",
      `provider=zoom&zoom_code=${long}`,
      failed("zoom", "invalid_request"),
    ],
    ["a code that belongs to nobody", "code=t", failed(undefined, "invalid_state")],
    ["a shop that was not verified", "provider=shopify&code=t&shop=a&state=s", failed("shopify", "invalid_hmac")],
    ["a provider of no possible name", "provider=%3Cimg%3E&code=t", failed(undefined, "provider_unknown")],
    ["an unknown provider as it is", "provider=acme&code=t", finish("acme", {})],
  ])("%s", (_, query, expected) => {
    expect(parseReturnUrl(new URLSearchParams(query))).toEqual(expected);
  });

  it("and clears the address of it, keeping the page", () => {
    history.replaceState({ provider: "zoom" }, "", "/integrations?provider=zoom&zoom_code=t#_=_");
    expect(consumeReturnUrl(window)).toEqual(finish("zoom", {}));
    expect(location.href).toMatch(/\/integrations$/);
  });

  it("and keeps a ticket for a reload until it is answered", () => {
    history.replaceState(null, "", "/integrations?provider=zoom&zoom_code=t");
    consumeReturnUrl(window);
    expect(consumeReturnUrl(window)).toEqual(finish("zoom", {}));
    forgetPendingFinish(history);
    expect(consumeReturnUrl(window)).toEqual({ type: "none" });
  });

  it("but never a provider's own code", () => {
    history.replaceState(null, "", "/integrations?code=t&state=s");
    expect(consumeReturnUrl(window).type).toBe("finish");
    expect(consumeReturnUrl(window)).toEqual({ type: "none" });
  });

  it("and leaves what another page of ours wanted here", () => {
    history.replaceState({ provider: "zoom" }, "", "/integrations");
    expect(consumeReturnUrl(window)).toEqual({ type: "none" });
    expect(history.state).toEqual({ provider: "zoom" });
  });
});
