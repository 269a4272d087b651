import { rootCertificates } from "node:tls";
import { describe, expect, test } from "vitest";
import { liveEnvironment } from "../../test/harness/live.ts";
import { ConfigError, readConfig } from "./config.ts";

const [root = ""] = rootCertificates;
const sandbox = {
  ...Object.fromEntries(
    Object.entries(liveEnvironment()).filter(([name]) => !/_CLIENT_|_API_|^STRIPE_|^NODE_/.test(name)),
  ),
  PUBLIC_URL: "http://localhost:3000",
  SANDBOX_URL: "http://127.0.0.1:4000",
  PAYPAL_CLIENT_ID: "sandbox-paypal",
  PAYPAL_CLIENT_SECRET: "not a real secret",
};
const clients = (changes: Record<string, string>, base: Record<string, string> = liveEnvironment()) =>
  readConfig({ ...base, ...changes }).providers.clients;

function refusal(changes: Record<string, string>, base: Record<string, string> = liveEnvironment()): string {
  try {
    readConfig({ ...base, ...changes });
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message;
    throw thrown;
  }
  return "accepted";
}

describe("what webhooks are checked with", () => {
  test("what webhooks are checked with is the client's own secret for Shopify, and for the others nothing until it is set", () => {
    const { calendly, paypal, shopify, stripe, zoom } = clients({});
    expect(shopify?.webhook).toEqual({ secrets: ["not a real secret"] });
    for (const client of [calendly, paypal, stripe, zoom]) expect(client?.webhook).toBeUndefined();
    expect(clients({ ZOOM_WEBHOOK_SECRET: "" })["zoom"]?.webhook).toBeUndefined();
  });

  test("what webhooks are checked with is Shopify's previous secret too, while one is replaced, and for nothing else", () => {
    const { shopify } = clients({ SHOPIFY_PREVIOUS_CLIENT_SECRET: "the one before" });
    expect(shopify).toMatchObject({
      secret: "not a real secret",
      webhook: { secrets: ["not a real secret", "the one before"] },
    });
    const none = clients({ SHOPIFY_PREVIOUS_CLIENT_SECRET: "the one before", SHOPIFY_CLIENT_SECRET: "" });
    expect(none["shopify"]).toBeUndefined();
  });

  test("what webhooks are checked with may be several secrets, while one is being replaced", () => {
    for (const [name, id] of [
      ["CALENDLY", "calendly"],
      ["STRIPE", "stripe"],
      ["ZOOM", "zoom"],
    ] as const)
      expect(clients({ [`${name}_WEBHOOK_SECRET`]: "the new one, the old one," })[id]?.webhook).toEqual({
        secrets: ["the new one", "the old one"],
      });
  });

  test("what webhooks are checked with is the webhook's id for PayPal, and an authority to trust beside the public ones, in one line or in many", () => {
    expect(clients({ PAYPAL_WEBHOOK_ID: "8PT597110X687430LKGECATA" })["paypal"]?.webhook).toEqual({
      secrets: [],
      id: "8PT597110X687430LKGECATA",
    });
    for (const roots of [root, root.replaceAll("\n", "\\n")])
      for (const base of [liveEnvironment(), sandbox])
        expect(
          clients({ PAYPAL_WEBHOOK_ID: "sandbox1", PAYPAL_WEBHOOK_ROOTS: roots }, base)["paypal"]?.webhook,
        ).toEqual({
          secrets: [],
          id: "sandbox1",
          roots: root,
        });
  });

  test.each([
    [{ STRIPE_WEBHOOK_SECRET: "canary" }, "STRIPE_WEBHOOK_SECRET: must be secrets as the provider shows them"],
    [{ ZOOM_WEBHOOK_SECRET: "long enough,canary" }, "ZOOM_WEBHOOK_SECRET: must be secrets as the provider shows them"],
    [
      { SHOPIFY_PREVIOUS_CLIENT_SECRET: "canary" },
      "SHOPIFY_PREVIOUS_CLIENT_SECRET: must be the secret that Shopify shows",
    ],
    [{ CALENDLY_WEBHOOK_SECRET: " , " }, "CALENDLY_WEBHOOK_SECRET: "],
    [{ PAYPAL_WEBHOOK_ID: "https://canary" }, "PAYPAL_WEBHOOK_ID: must be the id that PayPal's dashboard shows"],
    [{ PAYPAL_WEBHOOK_ID: "WEBHOOK_ID" }, "PAYPAL_WEBHOOK_ID: must be the id that PayPal's dashboard shows"],
    [{ PAYPAL_WEBHOOK_ROOTS: "canary" }, "PAYPAL_WEBHOOK_ROOTS: must be the certificate of an authority, as PEM"],
  ])("the webhook setting %j is refused, and the line says why and quotes nothing", (changes, line) => {
    const said = refusal(changes);
    expect(said).toContain(`\n  ${line}`);
    expect(said).not.toContain("canary");
  });
});

describe("the scopes of a provider", () => {
  test("are the usual ones if the operator names none", () => {
    const { calendly, paypal, shopify, stripe, zoom } = clients({ SHOPIFY_SCOPES: "" });
    expect([calendly, shopify, stripe, zoom].map((client) => client?.scopes)).toEqual([
      ["users:read"],
      ["read_products"],
      undefined,
      ["user:read:user"],
    ]);
    expect(paypal?.scopes).toEqual(["openid", "email", "profile", "https://uri.paypal.com/services/paypalattributes"]);
  });

  test.each([
    ["calendly", "users:read event_types:read", ["users:read", "event_types:read"]],
    ["paypal", "openid,address", ["openid", "address"]],
    ["shopify", "read_orders, write_products", ["read_orders", "write_products"]],
    ["zoom", "meeting:read:meeting\tuser:read", ["meeting:read:meeting", "user:read"]],
  ])("of %s are those that the variable names, with commas or blanks between them", (id, text, scopes) => {
    expect(clients({ [`${id.toUpperCase()}_SCOPES`]: text })[id]?.scopes).toEqual(scopes);
  });
});
