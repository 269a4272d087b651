import { describe, expect, it } from "vitest";
import { forgetPendingFinish, type ReturnUrl, parseReturnUrl, consumeReturnUrl } from "./return-url.ts";

const finish = (
  provider: string | undefined,
  rest: { state?: string; echo?: Record<string, string>; iss?: string },
): ReturnUrl => ({
  type: "finish",
  input: { provider, ticket: "t", ...rest },
});
const failed = (provider: string | undefined, code: Extract<ReturnUrl, { type: "failed" }>["code"]): ReturnUrl => ({
  type: "failed",
  provider,
  code,
});

const long = "x".repeat(5000);

describe("parseReturnUrl and consumeReturnUrl", () => {
  it.each<[string, string, ReturnUrl]>([
    ["an address without parameters has no return", "", { type: "none" }],
    ["a provider alone is no return", "provider=zoom", { type: "none" }],
    ["parameters of others are no return", "utm_source=mail&ref=7", { type: "none" }],
    ["Calendly’s return has a ticket", "provider=calendly&code=t", finish("calendly", {})],
    ["Stripe’s return has a ticket and a state", "provider=stripe&code=t&state=s", finish("stripe", { state: "s" })],
    ["Zoom’s return has a ticket under Zoom’s own name", "provider=zoom&zoom_code=t", finish("zoom", {})],
    ["Zoom’s return without a provider names Zoom by its parameter", "zoom_code=t", finish("zoom", {})],
    [
      "Shopify’s return has a ticket, a state and a shop",
      "provider=shopify&code=t&shop=acme.myshopify.com&state=s&verified=true",
      finish("shopify", { state: "s", echo: { shop: "acme.myshopify.com" } }),
    ],
    ["PayPal’s success is unconfirmed", "paypal=success", { type: "unconfirmed", provider: "paypal" }],
    ["PayPal’s failure has its code", "paypal=error&error=grant_rejected", failed("paypal", "grant_rejected")],
    ["PayPal’s failure without an error has no code", "paypal=error", failed("paypal", null)],
    ["a return straight to the page has no provider", "code=t&state=s&scope=openid", finish(undefined, { state: "s" })],
    [
      "the issuer is read",
      "code=t&state=s&iss=https%3A%2F%2Fconnect.stripe.com",
      finish(undefined, { state: "s", iss: "https://connect.stripe.com" }),
    ],
    ["an empty issuer is kept", "code=t&state=s&iss=", finish(undefined, { state: "s", iss: "" })],
    ["two issuers are an invalid request", "code=t&state=s&iss=a&iss=b", failed(undefined, "invalid_request")],
    ["a denial straight to the page has its code", "error=access_denied&state=s", failed(undefined, "access_denied")],
    ["a failure has its provider", "error=invalid_hmac&provider=shopify", failed("shopify", "invalid_hmac")],
    ["a failure without a provider has its code", "error=missing_code", failed(undefined, "missing_code")],
    ["an unknown failure has no code", "error=%3Cb%3Eboo&provider=zoom", failed("zoom", null)],
    ["a failure named like an inherited property has no code", "error=toString&provider=zoom", failed("zoom", null)],
    [
      "a failure counts more than a ticket",
      "provider=zoom&zoom_code=t&error=access_denied",
      failed("zoom", "access_denied"),
    ],
    ["an empty ticket is missing", "provider=zoom&zoom_code=", failed("zoom", "missing_code")],
    ["two tickets are an invalid request", "provider=calendly&code=t&code=u", failed("calendly", "invalid_request")],
    ["two providers are an invalid request", "provider=zoom&provider=x&code=t", failed("zoom", "invalid_request")],
    [
      "a ticket that is too long is an invalid request",
      `provider=zoom&zoom_code=${long}`,
      failed("zoom", "invalid_request"),
    ],
    ["a ticket without provider and state is invalid", "code=t", failed(undefined, "invalid_state")],
    [
      "a shop that the API did not verify is refused",
      "provider=shopify&code=t&shop=a&state=s",
      failed("shopify", "invalid_hmac"),
    ],
    [
      "a provider with an impossible name is unknown",
      "provider=%3Cimg%3E&code=t",
      failed(undefined, "provider_unknown"),
    ],
    ["an unknown provider is passed on", "provider=acme&code=t", finish("acme", {})],
  ])("%s", (_, query, expected) => {
    expect(parseReturnUrl(new URLSearchParams(query))).toEqual(expected);
  });

  it("consumeReturnUrl removes the parameters from the address and keeps the page", () => {
    history.replaceState({ provider: "zoom" }, "", "/integrations?provider=zoom&zoom_code=t#_=_");
    expect(consumeReturnUrl(window)).toEqual(finish("zoom", {}));
    expect(location.href).toMatch(/\/integrations$/);
  });

  it("consumeReturnUrl keeps a ticket for a reload until the API has answered", () => {
    history.replaceState(null, "", "/integrations?provider=zoom&zoom_code=t");
    consumeReturnUrl(window);
    expect(consumeReturnUrl(window)).toEqual(finish("zoom", {}));
    forgetPendingFinish(history);
    expect(consumeReturnUrl(window)).toEqual({ type: "none" });
  });

  it("consumeReturnUrl never keeps a code that comes straight from the provider", () => {
    history.replaceState(null, "", "/integrations?code=t&state=s");
    expect(consumeReturnUrl(window).type).toBe("finish");
    expect(consumeReturnUrl(window)).toEqual({ type: "none" });
  });

  it("consumeReturnUrl leaves the navigation state of another page", () => {
    history.replaceState({ provider: "zoom" }, "", "/integrations");
    expect(consumeReturnUrl(window)).toEqual({ type: "none" });
    expect(history.state).toEqual({ provider: "zoom" });
  });
});
