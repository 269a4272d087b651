import { describe, expect, test } from "vitest";
import { client, gateOf } from "../../../test/webhooks.ts";
import type { Access } from "../../oauth/index.ts";
import { subscribeToShop, unsubscribeFromShop } from "./subscriptions.ts";

const address = "https://app.example.com/api/v1/webhooks/shopify";
const access = (http: Access["http"]): Access => ({
  http,
  client: client({ secrets: ["hush"] }),
  credentials: { accessToken: "held", metadata: { shop: "acme-goods.myshopify.com" } },
});
const answer = (data: object, status = 200) => ({ status, text: JSON.stringify({ data }) });
const created = (...messages: string[]) =>
  answer({ webhookSubscriptionCreate: { userErrors: messages.map((message) => ({ field: ["uri"], message })) } });
const failure = (text: string, status = 200) => ({ status, text });
const refused = (status: number, errors: string) => failure(JSON.stringify({ errors }), status);
const deadToken = refused(401, "[API] Invalid API key or access token (unrecognized login or wrong password)");

describe("subscribing at Shopify", () => {
  test("subscribing at Shopify asks for app/uninstalled at our address", async () => {
    const http = gateOf(() => created());
    await subscribeToShop(access(http), address);
    const sent = JSON.parse(http.asked[0]?.body ?? "") as { query: string; variables: object };
    expect(sent.query).toContain("topic: APP_UNINSTALLED");
    expect(sent.variables).toEqual({ uri: address });
  });

  test("subscribing at Shopify is done where the address is registered already", async () => {
    const taken = gateOf(() => created("Address for this topic has already been taken"));
    await expect(subscribeToShop(access(taken), address)).resolves.toBeUndefined();
  });

  test.each([
    ["a refused address", created("Address protocol http:// is not supported"), "provider_misconfigured"],
    ["a dead token", deadToken, "grant_rejected"],
    ["a missing scope", refused(403, "[API] This action requires merchant approval for a scope."), "scope_missing"],
    ["another kind of token", refused(403, "[API] Non-expiring access tokens are no more"), "provider_misconfigured"],
    ["a frozen shop", refused(402, "Unavailable Shop"), "account_paused"],
    ["a locked shop", refused(423, "Locked"), "account_paused"],
    ["a shop under suspicion", refused(403, "Forbidden"), "account_paused"],
    ["a shop that is gone", refused(404, "Not Found"), "account_paused"],
    ["an inactive shop", failure('{"errors":[{"extensions":{"code":"SHOP_INACTIVE"}}]}'), "account_paused"],
    ["a firewall's 401", failure("<html>", 401), "provider_misbehaved"],
    ["a firewall's 403", failure("{}", 403), "provider_misbehaved"],
    ["a firewall's 404", failure("<html>", 404), "provider_misbehaved"],
    ["another shape", failure("{}"), "provider_misbehaved"],
    ["a fault", failure("{}", 502), "provider_unavailable"],
    ["throttling", failure('{"errors":[{"extensions":{"code":"THROTTLED"}}]}'), "provider_unavailable"],
  ])("subscribing at Shopify answered with %s is told apart", async (_what, given, code) => {
    await expect(subscribeToShop(access(gateOf(() => given)), address)).rejects.toMatchObject({ code });
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

  test("unsubscribing at Shopify removes our address, and no other; one that is gone by then is no failure", async () => {
    const http = shopify({ webhookSubscriptionDelete: { userErrors: [{ message: "does not exist" }] } });
    await unsubscribeFromShop(access(http), address);
    const ids = http.asked
      .slice(1)
      .map(({ body = "" }) => (JSON.parse(body) as { variables: { id: string } }).variables.id);
    expect(ids).toEqual(["gid://1", "gid://3"]);
  });

  test("unsubscribing at Shopify is done where the app is gone: Shopify has removed them", async () => {
    const http = gateOf(() => deadToken);
    await unsubscribeFromShop(access(http), address);
    expect(http.asked.length).toBe(1);
  });

  test("unsubscribing at Shopify is refused where Shopify refuses", async () => {
    const http = gateOf(() => refused(403, "[API] This action requires merchant approval for a scope."));
    await expect(unsubscribeFromShop(access(http), address)).rejects.toMatchObject({ code: "scope_missing" });
  });
});
