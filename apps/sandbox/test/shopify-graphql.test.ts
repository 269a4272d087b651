import { describe, expect, it } from "vitest";
import { appOrigin, bench, json, type Json, type Minted } from "./harness.ts";

const sandbox = bench();
const uri = `${appOrigin}/api/v1/webhooks/shopify`;

async function store(): Promise<Minted> {
  const [minted] = (await sandbox.control("mint", { provider: "shopify", count: 1 })) as unknown as Minted[];
  if (minted === undefined) throw new Error("no store was minted");
  return minted;
}
const ask = async ({ shop, accessToken }: Minted, query: string, more: Json = {}) => {
  const path = `/${shop}/admin/api/2026-10/graphql.json`;
  return json(await sandbox.post(path, { query, ...more }, { "x-shopify-access-token": accessToken }));
};

const subscribe = `mutation ($input: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: SHOP_UPDATE, webhookSubscription: $input) {
    webhookSubscription { id includeFields } userErrors { field message }
  }
}`;
const created = async (owner: Minted, input: Json): Promise<string> => {
  const { data } = (await ask(owner, subscribe, { variables: { input } })) as {
    data: { webhookSubscriptionCreate: { webhookSubscription: { id: string } } };
  };
  return data.webhookSubscriptionCreate.webhookSubscription.id;
};

describe("a document", () => {
  it("a document may have fragments, aliases, directives and __typename", async () => {
    const query = `query Who($short: Boolean = true) {
      __typename
      shop { ...names email @skip(if: $short) other: myshopifyDomain }
      currentAppInstallation { __typename ... on Node { id } app { apiKey } }
    }
    fragment names on Shop { __typename name primaryDomain { host } }`;
    const owner = await store();
    expect(await ask(owner, query)).toMatchObject({
      data: {
        __typename: "QueryRoot",
        shop: { __typename: "Shop", other: owner.shop, primaryDomain: { host: owner.shop } },
        currentAppInstallation: { __typename: "AppInstallation", id: expect.any(String) },
      },
      extensions: { cost: {} },
    });
    const long = await ask(owner, query, { variables: { short: false } });
    expect(long).toHaveProperty("data.shop.email");
  });

  it("a document may hold several operations, of which one is named", async () => {
    const query = "query A { shop { id } } query B { shop { name } }";
    expect(await ask(await store(), query, { operationName: "B" })).toHaveProperty("data.shop.name");
    expect(await ask(await store(), query)).toEqual({ errors: [{ message: expect.any(String) }] });
  });

  it("a document tells the endpoint of a subscription by its type", async () => {
    const owner = await store();
    await created(owner, { callbackUrl: uri });
    const query = `{ webhookSubscriptions(first: 1) { edges { node { endpoint {
      __typename
      ... on WebhookHttpEndpoint { callbackUrl }
      ... on WebhookPubSubEndpoint { pubSubProject }
    } } } } }`;
    expect(await ask(owner, query)).toMatchObject({
      data: {
        webhookSubscriptions: {
          edges: [{ node: { endpoint: { __typename: "WebhookHttpEndpoint", callbackUrl: uri } } }],
        },
      },
    });
  });

  it("a document can ask for the schema itself", async () => {
    const answer = await ask(
      await store(),
      '{ __type(name: "AppUninstallAppUninstallErrorCode") { enumValues { name } } }',
    );
    expect(answer).toHaveProperty("data.__type.enumValues.1.name", "APP_NOT_INSTALLED");
  });

  it("a document with an unknown field is refused in Shopify's words, and with no data", async () => {
    expect(await ask(await store(), "{ shop { nickname } }")).toEqual({
      errors: [
        {
          message: "Field 'nickname' doesn't exist on type 'Shop'",
          locations: [{ line: 1, column: 10 }],
          path: ["query", "nickname"],
          extensions: { code: "undefinedField", typeName: "Shop", fieldName: "nickname" },
        },
      ],
    });
  });
});

describe("a subscription", () => {
  const update = `mutation ($id: ID!, $input: WebhookSubscriptionInput!) {
    webhookSubscriptionUpdate(id: $id, webhookSubscription: $input) {
      webhookSubscription { uri name includeFields } userErrors { field message }
    }
  }`;

  it("a subscription sends no more fields than it asks for", async () => {
    const owner = await store();
    await created(owner, { uri, includeFields: ["id", "name"] });
    const order = { provider: "shopify", event: "shop/update", person: owner.person };
    const { requests } = (await sandbox.control("sign", order)) as { requests: { body: string }[] };
    expect(Object.keys(JSON.parse(requests[0]?.body ?? "{}") as Json)).toEqual(["id", "name"]);
  });

  it("a subscription can be changed, but not to the address of another", async () => {
    const owner = await store();
    const id = await created(owner, { uri, name: "first" });
    await created(owner, { uri: `${uri}/two` });
    const to = (input: Json) => ask(owner, update, { variables: { id, input } });
    expect(await to({ uri: `${uri}/three`, includeFields: ["id"] })).toMatchObject({
      data: {
        webhookSubscriptionUpdate: {
          webhookSubscription: { uri: `${uri}/three`, name: "first", includeFields: ["id"] },
          userErrors: [],
        },
      },
    });
    for (const taken of [{ uri: `${uri}/two` }, { uri: "nothing" }])
      expect(await to(taken)).toMatchObject({
        data: { webhookSubscriptionUpdate: { webhookSubscription: null, userErrors: [{}] } },
      });
    expect(
      await ask(owner, "query ($id: ID!) { webhookSubscription(id: $id) { uri } }", { variables: { id } }),
    ).toEqual({
      data: { webhookSubscription: { uri: `${uri}/three` } },
      extensions: expect.anything(),
    });
  });
});

describe("appUninstall", () => {
  const uninstall = "mutation { appUninstall { app { id } userErrors { code field message } } }";

  it.each(["APP_NOT_FOUND", "APP_NOT_INSTALLED", "APP_UNINSTALL_ERROR", "USER_PERMISSIONS_INSUFFICIENT"])(
    "appUninstall can be made to answer %s, and does nothing then",
    async (uninstallError) => {
      const owner = await store();
      await sandbox.control("set", { provider: "shopify", uninstallError });
      expect(await ask(owner, uninstall)).toMatchObject({
        data: { appUninstall: { app: null, userErrors: [{ code: uninstallError, field: null }] } },
      });
      expect(await ask(owner, "{ shop { id } }")).toHaveProperty("data.shop.id");
    },
  );
});

describe("an app that a merchant made", () => {
  it("an app that a merchant made has offline tokens without an expiry, which are accepted", async () => {
    await sandbox.control("set", { provider: "shopify", nonExpiring: true });
    const client = { client_id: "sandbox-shopify", client_secret: "shpss_sandbox_7c1e94b0d2f85a6e3b19" };
    const shop = "acme-goods.myshopify.com";
    const redirect_uri = `${appOrigin}/api/v1/channels/shopify/callback`;
    const asked = { client_id: client.client_id, redirect_uri, person: "nora", decision: "allow" };
    const back = await sandbox.consent(`/${shop}/admin/oauth/authorize`, asked);
    const fields = { ...client, code: back.searchParams.get("code") ?? "", expiring: "1" };
    const set = await json(await sandbox.form(`/${shop}/admin/oauth/access_token`, fields));
    expect(Object.keys(set)).toEqual(["access_token", "scope"]);
    const owner = { shop, accessToken: String(set["access_token"]) } as Minted;
    expect(await ask(owner, "{ shop { id } }")).toHaveProperty("data.shop.id");
    await sandbox.control("set", { provider: "shopify", nonExpiring: false });
    expect(await ask(owner, "{ shop { id } }")).toEqual({ errors: expect.stringContaining("Non-expiring") });
  });
});
