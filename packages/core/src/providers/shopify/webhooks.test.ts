import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { client, deliver, expectNothingOfAnything, expectRefusalOfAnything, outcome } from "../../../test/webhooks.ts";
import { shopifyWebhooks } from "./webhooks.ts";

const now = new Date();
const domain = "acme-goods.myshopify.com";
const shop = JSON.stringify({ id: 548380009, name: "Acme", email: "nora@example.com", myshopify_domain: domain });
const redact = JSON.stringify({ shop_id: 548380009, shop_domain: domain });
const customer = JSON.stringify({ shop_id: 548380009, shop_domain: domain, customer: { id: 1 }, orders_to_redact: [] });
const mac = (body: string, key = "hush") => createHmac("sha256", key).update(body).digest("base64");
const webhooks = shopifyWebhooks(client({ secrets: ["hush"] }));
const receive = (body: string, headers: Record<string, string | undefined> = {}) =>
  outcome(
    webhooks,
    deliver(body, {
      "x-shopify-hmac-sha256": mac(body),
      "x-shopify-topic": "app/uninstalled",
      "x-shopify-webhook-id": "b54557e4",
      "x-shopify-shop-domain": domain,
      ...headers,
    }),
    now,
  );
const read = (topic: string, body: string) => webhooks.read(topic, Buffer.from(body));

describe("a delivery of Shopify's", () => {
  test("a delivery of Shopify's whose signature holds is received, under the id that is the same for each try", async () => {
    expect(await receive(shop)).toEqual({ type: "event", id: "b54557e4", topic: "app/uninstalled" });
  });

  test("a delivery of Shopify's without an id is told apart by topic and bytes", async () => {
    const bare = { "x-shopify-webhook-id": undefined };
    const answers = [
      receive(shop, bare),
      receive(shop, bare),
      receive(`${shop} `, bare),
      receive(shop, { ...bare, "x-shopify-topic": "x" }),
    ];
    const ids = (await Promise.all(answers)).map((answer) =>
      typeof answer === "object" && "id" in answer ? answer.id : answer,
    );
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toMatch(/^\w{64}$/);
  });

  test.each([
    ["no signature", { "x-shopify-hmac-sha256": undefined }],
    ["an empty one", { "x-shopify-hmac-sha256": "" }],
    ["another body's", { "x-shopify-hmac-sha256": mac(redact) }],
    ["another secret's", { "x-shopify-hmac-sha256": mac(shop, "other") }],
    ["one in hex", { "x-shopify-hmac-sha256": Buffer.from(mac(shop), "base64").toString("hex") }],
    ["one without its padding", { "x-shopify-hmac-sha256": mac(shop).replace("=", "") }],
    ["another shop in its header", { "x-shopify-shop-domain": "acme-outlet.myshopify.com" }],
  ])("62. a delivery of Shopify's with %s is refused", async (_what, headers) => {
    expect(await receive(shop, headers)).toBe("invalid_signature");
  });

  test("62. a delivery of Shopify's that is empty is refused, signed or not", async () => {
    expect(await receive("")).toBe("invalid_signature");
  });

  test("a delivery of Shopify's is refused for any header and any bytes, and nothing else is thrown", async () => {
    await expectRefusalOfAnything(webhooks, ["x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-shop-domain"], now);
  });
});

describe("what Shopify tells", () => {
  const account = "gid://shopify/Shop/548380009";

  test("63. what Shopify tells means that a shop removed the app, or that it is to be forgotten", () => {
    expect(read("app/uninstalled", shop)).toEqual({ type: "ended", account });
    expect(read("shop/redact", redact)).toEqual({ type: "erase", account });
  });

  test("63. what Shopify tells about customers means nothing: nothing is kept of them", () => {
    expect(read("customers/redact", customer)).toEqual({ type: "none" });
    expect(read("customers/data_request", customer)).toEqual({ type: "none" });
  });

  test("63. what Shopify tells under another topic than its body's means nothing, for the topic is not signed", () => {
    for (const [topic, body] of [
      ["shop/redact", customer],
      ["shop/redact", shop],
      ["app/uninstalled", redact],
      ["app/uninstalled", customer],
    ] as const)
      expect(read(topic, body)).toEqual({ type: "none" });
  });

  test("63. what Shopify tells about anything else, or in another shape, means nothing", () => {
    const others = [
      { id: 1, title: "a product" },
      { id: 1, name: "#1001", customer: { id: 2 } },
      { id: 1, name: "x", shop_id: 2 },
    ];
    for (const other of others) expect(read("app/uninstalled", JSON.stringify(other))).toEqual({ type: "none" });
    expect(read("orders/create", shop)).toEqual({ type: "none" });
    expect(read("app/uninstalled", JSON.stringify({ id: 1.5, name: "x" }))).toEqual({ type: "none" });
    expectNothingOfAnything(webhooks, ["app/uninstalled", "shop/redact"]);
  });
});
