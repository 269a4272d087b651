import { describe, expect, it } from "vitest";
import { bench, json, type Json } from "./harness.ts";

const sandbox = bench();

interface Minted {
  shop: string;
  person: string;
  accessToken: string;
}
async function shop(): Promise<Minted> {
  const [minted] = (await sandbox.control("mint", { provider: "shopify", count: 1 })) as unknown as Minted[];
  if (minted === undefined) throw new Error("no shop was minted");
  return minted;
}
const graphql = async ({ shop, accessToken }: Minted, query: string, variables?: Json) => {
  const path = `/${shop}/admin/api/2026-07/graphql.json`;
  return json(await sandbox.post(path, { query, variables }, { "x-shopify-access-token": accessToken }));
};

const uri = "http://localhost:3000/api/v1/webhooks/shopify";
const create = `mutation Subscribe($topic: WebhookSubscriptionTopic!, $to: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $to) {
    webhookSubscription { id topic uri apiVersion { handle } }
    userErrors { field message }
  }
}`;
const list =
  "query ($n: Int = 2, $after: String) { webhookSubscriptions(first: $n, after: $after) { nodes { id topic uri } pageInfo { hasNextPage endCursor } } }";
interface Created {
  data: { webhookSubscriptionCreate: { webhookSubscription: { id: string } | null; userErrors: object[] } };
}
const subscribe = async (owner: Minted, topic = "APP_UNINSTALLED", to: Json = { uri, format: "JSON" }) =>
  ((await graphql(owner, create, { topic, to })) as unknown as Created).data.webhookSubscriptionCreate;

describe("a shop's webhook subscriptions", () => {
  it("a shop's webhook subscriptions are made, listed page by page, and deleted", async () => {
    const owner = await shop();
    const made = await subscribe(owner);
    expect(made).toMatchObject({
      webhookSubscription: { topic: "APP_UNINSTALLED", uri, apiVersion: { handle: "2026-07" } },
      userErrors: [],
    });
    await subscribe(owner, "APP_SCOPES_UPDATE", { callbackUrl: uri });
    await subscribe(owner, "SHOP_UPDATE", { uri });
    await subscribe(await shop());
    const first = await graphql(owner, list);
    expect(first).toMatchObject({
      data: { webhookSubscriptions: { nodes: [{}, {}], pageInfo: { hasNextPage: true } } },
    });
    const after = (first as { data: { webhookSubscriptions: { pageInfo: { endCursor: string } } } }).data
      .webhookSubscriptions.pageInfo.endCursor;
    expect(await graphql(owner, list, { after, n: 250 })).toMatchObject({
      data: { webhookSubscriptions: { nodes: [{ topic: "SHOP_UPDATE" }], pageInfo: { hasNextPage: false } } },
    });
    const id = made.webhookSubscription?.id;
    const remove = `mutation { webhookSubscriptionDelete(id: "${id}") { deletedWebhookSubscriptionId userErrors { message } } }`;
    expect(await graphql(owner, remove)).toMatchObject({
      data: { webhookSubscriptionDelete: { deletedWebhookSubscriptionId: id, userErrors: [] } },
    });
    expect(await graphql(owner, remove)).toMatchObject({
      data: { webhookSubscriptionDelete: { deletedWebhookSubscriptionId: null, userErrors: [{}] } },
    });
  });

  it("a shop's webhook subscriptions have one address per topic, over https or on this machine", async () => {
    const owner = await shop();
    await subscribe(owner);
    expect(await subscribe(owner)).toEqual({
      webhookSubscription: null,
      userErrors: [
        { field: ["webhookSubscription", "callbackUrl"], message: "Address for this topic has already been taken" },
      ],
    });
    expect((await subscribe(owner, "APP_UNINSTALLED", { uri: "https://app.example/hooks" })).userErrors).toEqual([]);
    for (const wrong of ["http://app.example/hooks", "ftp://localhost/", "nothing", ""])
      expect((await subscribe(owner, "APP_UNINSTALLED", { uri: wrong })).userErrors).toHaveLength(1);
  });

  it("a shop's webhook subscriptions each hear of an event with an id of their own, in their own version", async () => {
    const owner = await shop();
    await subscribe(owner);
    await subscribe(owner, "APP_UNINSTALLED", { uri: `${uri}/two`, name: "second" });
    const order = { provider: "shopify", event: "app/uninstalled", person: owner.person };
    const { requests } = (await sandbox.control("sign", order)) as {
      requests: { url: string; headers: Record<string, string> }[];
    };
    expect(requests.map(({ url }) => url)).toEqual([uri, `${uri}/two`]);
    const of = (name: string) => new Set(requests.map(({ headers }) => headers[name]));
    expect([of("x-shopify-webhook-id").size, of("x-shopify-event-id").size]).toEqual([2, 1]);
    expect([...of("x-shopify-api-version"), ...of("x-shopify-name")]).toEqual(["2026-07", undefined, "second"]);
  });

  it("a shop's events are recorded and not delivered if the subscription leads elsewhere", async () => {
    const owner = await shop();
    await subscribe(owner, "APP_UNINSTALLED", { uri: "https://app.example/hooks" });
    const order = { provider: "shopify", event: "app/uninstalled", shop: owner.shop };
    expect(await sandbox.control("emit", order)).toMatchObject({
      deliveries: [{ status: 0, body: expect.stringContaining("localhost") }],
    });
  });
});

describe("the arguments of a query", () => {
  it.each([
    ["a missing variable", create, {}],
    ["a compliance topic", create, { topic: "SHOP_REDACT", to: { uri } }],
    ["an unknown input field", create, { topic: "SHOP_UPDATE", to: { uri, colour: "red" } }],
    ["an undeclared variable", "{ webhookSubscriptions(first: $n) { nodes { id } } }", { n: 1 }],
    ["a mutation in a query", "{ appUninstall { app { id } } }", {}],
    ["an unfinished string", '{ webhookSubscriptions(first: 1, after: "x) { nodes { id } } }', {}],
  ])("the arguments of a query are refused with status 200 for %s", async (_what, query, variables) => {
    const answer = await graphql(await shop(), query, variables);
    expect(answer["errors"]).toContainEqual(expect.objectContaining({ message: expect.any(String) }));
    expect(answer).not.toHaveProperty("data");
  });

  it("the arguments of a query have to say how many", async () => {
    for (const args of ["", "(first: 0)", "(first: 251)"])
      expect(await graphql(await shop(), `{ webhookSubscriptions${args} { nodes { id } } }`)).toMatchObject({
        data: null,
        errors: [{ path: ["webhookSubscriptions"] }],
      });
  });

  it("the arguments of a query may hold brackets and hashes within strings", async () => {
    const owner = await shop();
    const odd = `${uri}?q=(#{})`;
    const query = `mutation { a: webhookSubscriptionCreate(topic: SHOP_UPDATE, webhookSubscription: {uri: "${odd}"}) { webhookSubscription { uri } } }`;
    expect(await graphql(owner, query)).toMatchObject({ data: { a: { webhookSubscription: { uri: odd } } } });
  });
});
