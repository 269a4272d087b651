import { describe, expect, it } from "vitest";
import { bearerAuth, bench, json, mintOne, type Json, type Minted } from "../harness.ts";
import { buildRefresh } from "../refresh-request.ts";
import { listen } from "./listener.ts";

const sandbox = bench();
const app = listen();

/** Somebody who has connected, and whose events are heard. */
async function connected(provider: string): Promise<Minted> {
  await sandbox.control("set", { provider, webhookUrl: app.url });
  return mintOne(sandbox, provider);
}
async function clientOf(provider: string): Promise<{ clientId: string; clientSecret: string }> {
  const apps = (await sandbox.read("apps")) as Record<string, { clientId: string; clientSecret: string }>;
  return apps[provider] ?? { clientId: "", clientSecret: "" };
}
const heard = () => app.heard.map(({ body }) => JSON.parse(body) as Json);

describe("when a person removes the app", () => {
  it.each([
    ["calendly", 400, "invalid_grant"],
    ["paypal", 400, "Unable to refresh access token"],
    ["shopify", 401, "requires an active refresh_token"],
    ["stripe", 400, "Refresh token does not exist"],
    ["zoom", 400, "Invalid Token!"],
  ])("after a person removes the app, %s refuses the refresh token in its own words", async (provider, ...refusal) => {
    const minted = await mintOne(sandbox, provider);
    await sandbox.control("remove", { provider, person: minted.person, deliver: false });
    const { path, ...request } = await buildRefresh(sandbox, provider, minted);
    const answer = await fetch(sandbox.url(path), { method: "POST", ...request });
    expect([answer.status, await answer.text()]).toEqual([refusal[0], expect.stringContaining(refusal[1])]);
    expect(await sandbox.read(`grants?provider=${provider}`)).toEqual([]);
  });

  it.each([
    ["paypal", (body: Json) => (body["resource"] as Json)["payer_id"]],
    ["stripe", (body: Json) => body["account"]],
    ["zoom", (body: Json) => (body["payload"] as Json)["user_id"]],
  ])("when a person removes the app, %s tells the app in the background", async (provider, read) => {
    const { person, account } = await connected(provider);
    const { ended, events } = (await sandbox.control("remove", { provider, person })) as {
      ended: number;
      events: object[];
    };
    expect([ended, events.length]).toEqual([1, 1]);
    await app.until(1);
    expect(heard().map(read)).toEqual([account]);
    expect(await sandbox.control("remove", { provider, person })).toEqual({ ended: 0, events: [] });
  });

  it("when a person removes the app, Calendly tells nobody", async () => {
    const { person } = await mintOne(sandbox, "calendly");
    expect(await sandbox.control("remove", { provider: "calendly", person })).toEqual({ ended: 1, events: [] });
  });

  it("when a person removes the app, Shopify tells the shop's subscriptions, which it then drops", async () => {
    const { shop, accessToken } = await connected("shopify");
    const query = `mutation { webhookSubscriptionCreate(topic: APP_UNINSTALLED, webhookSubscription: { uri: "${app.url}" }) { webhookSubscription { id } } }`;
    const path = `/${shop}/admin/api/2026-10/graphql.json`;
    await sandbox.post(path, { query }, { "x-shopify-access-token": accessToken });
    expect(await sandbox.read("subscriptions?provider=shopify")).toMatchObject([{ provider: "shopify", shop }]);
    await sandbox.control("remove", { provider: "shopify", shop });
    await app.until(1);
    expect(app.heard[0]?.headers["x-shopify-topic"]).toBe("app/uninstalled");
    expect(await sandbox.read("subscriptions")).toEqual([]);
    expect((await sandbox.post(path, { query }, { "x-shopify-access-token": accessToken })).status).toBe(401);
  });

  it("after a person removes the app, Stripe shuts the account, in the words which say so", async () => {
    const { person, account } = await connected("stripe");
    await sandbox.control("remove", { provider: "stripe", person, deliver: false });
    const { clientSecret } = await clientOf("stripe");
    const answer = await sandbox.get(`/api.stripe.com/v1/accounts/${account}`, bearerAuth(clientSecret));
    expect([answer.status, await json(answer)]).toEqual([
      403,
      { error: expect.objectContaining({ code: "account_invalid" }) },
    ]);
    expect(app.heard).toEqual([]);
  });

  it("a removal breaks nothing if nobody listens, or nobody is named", async () => {
    const { person } = await connected("stripe");
    await sandbox.control("set", { provider: "stripe", webhookUrl: "http://127.0.0.1:1/" });
    expect(await sandbox.control("remove", { provider: "stripe", person })).toMatchObject({ ended: 1 });
    expect((await sandbox.post("/_/remove", { provider: "stripe", person: "nobody" })).status).toBe(400);
    expect((await sandbox.post("/_/remove", { provider: "shopify" })).status).toBe(400);
  });
});

describe("what the app itself does", () => {
  it("an app that deauthorizes at Stripe is told so, and again until it takes it", async () => {
    app.reply = () => ({ status: app.heard.length < 2 ? 500 : 200 });
    const { account } = await connected("stripe");
    const { clientId: client_id, clientSecret } = await clientOf("stripe");
    const fields = { client_id, stripe_user_id: account };
    expect((await sandbox.form("/connect.stripe.com/oauth/deauthorize", fields, bearerAuth(clientSecret))).status).toBe(
      200,
    );
    await app.until(2);
    expect(heard()).toMatchObject([{ type: "account.application.deauthorized", account }, { account }]);
    expect(app.heard[0]?.body).toBe(app.heard[1]?.body);
  });

  it("an app at Stripe is told when a code that is used twice takes the connection down", async () => {
    await sandbox.control("set", { provider: "stripe", webhookUrl: app.url });
    const { clientId: client_id, clientSecret } = await clientOf("stripe");
    const asked = { client_id, response_type: "code", scope: "read_write", person: "mei", decision: "allow" };
    const back = await sandbox.consent("/connect.stripe.com/oauth/authorize", asked);
    const fields = { grant_type: "authorization_code", code: back.searchParams.get("code") ?? "" };
    for (const status of [200, 400, 400])
      expect((await sandbox.form("/connect.stripe.com/oauth/token", fields, bearerAuth(clientSecret))).status).toBe(
        status,
      );
    await app.until(1);
    expect(heard()).toMatchObject([{ account: "acct_1QmT4nBk7sandbox1", livemode: false }]);
  });
});
