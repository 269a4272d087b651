import { describe, expect, test } from "vitest";
import { client, gateOf } from "../../test/webhooks.ts";
import type { Access } from "../oauth/index.ts";
import { subscribe, unsubscribe } from "./shopify-subscriptions.ts";

const address = "https://app.example.com/api/v1/webhooks/shopify";
const access = (http: Access["http"]): Access => ({
  http,
  client: client({ secrets: ["hush"] }),
  credentials: { accessToken: "held", place: { shop: "acme-goods.myshopify.com" } },
});
const answer = (data: object, status = 200) => ({ status, text: JSON.stringify({ data }) });
const created = (...messages: string[]) =>
  answer({ webhookSubscriptionCreate: { userErrors: messages.map((message) => ({ field: ["uri"], message })) } });
const failure = (text: string, status = 200) => ({ status, text });

describe("subscribing at Shopify", () => {
  test("asks for app/uninstalled at our address", async () => {
    const http = gateOf(() => created());
    await subscribe(access(http), address);
    const sent = JSON.parse(http.asked[0]?.body ?? "") as { query: string; variables: object };
    expect(sent.query).toContain("topic: APP_UNINSTALLED");
    expect(sent.variables).toEqual({ uri: address });
  });

  test("is done where the address is registered already", async () => {
    const taken = gateOf(() => created("Address for this topic has already been taken"));
    await expect(subscribe(access(taken), address)).resolves.toBeUndefined();
  });

  test.each([
    ["a refused address", created("Address protocol http:// is not supported"), "provider_misconfigured"],
    ["a dead token", failure("{}", 401), "needs_reconnect"],
    ["a locked shop", failure("{}", 403), "access_denied"],
    ["another shape", failure("{}"), "provider_misbehaved"],
    ["a fault", failure("{}", 502), "provider_unavailable"],
    ["throttling", failure('{"errors":[{"extensions":{"code":"THROTTLED"}}]}'), "provider_unavailable"],
  ])("answered with %s is told apart", async (_what, given, code) => {
    await expect(subscribe(access(gateOf(() => given)), address)).rejects.toMatchObject({ code });
  });
});

describe("unsubscribing at Shopify", () => {
  const nodes = [
    { id: "gid://1", uri: address },
    { id: "gid://2", uri: `${address}/other` },
    { id: "gid://3", uri: address },
  ];
  const shopify = (removal: object) =>
    gateOf(({ body = "" }) => answer(body.includes("Delete") ? removal : { webhookSubscriptions: { nodes } }));

  test("removes our address, and no other; one that is gone by then is no failure", async () => {
    const http = shopify({ webhookSubscriptionDelete: { userErrors: [{ message: "does not exist" }] } });
    await unsubscribe(access(http), address);
    const ids = http.asked
      .slice(1)
      .map(({ body = "" }) => (JSON.parse(body) as { variables: { id: string } }).variables.id);
    expect(ids).toEqual(["gid://1", "gid://3"]);
  });

  test("is done where the app or the shop is gone: Shopify has removed them", async () => {
    for (const status of [401, 404]) {
      const http = gateOf(() => ({ status, text: "{}" }));
      await unsubscribe(access(http), address);
      expect(http.asked.length).toBe(1);
    }
  });

  test("is refused where Shopify refuses", async () => {
    await expect(unsubscribe(access(gateOf(() => failure("{}", 403))), address)).rejects.toMatchObject({
      code: "access_denied",
    });
  });
});
