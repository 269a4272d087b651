import "@shopify/shopify-api/adapters/web-api";
import { ApiVersion, DeliveryMethod, LogSeverity, type Session, shopifyApi } from "@shopify/shopify-api";
import { setAbstractFetchFunc } from "@shopify/shopify-api/runtime";
import { beforeAll, describe, expect, it } from "vitest";
import { bench, type Json } from "../harness.ts";
import { listen } from "../webhooks/listener.ts";
import { fetchAt, pathOf } from "./wire.ts";

const sandbox = bench();
const app = listen();
const shop = "acme-goods.myshopify.com";
const browser = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };

const apiOf = () =>
  shopifyApi({
    apiKey: "sandbox-shopify",
    apiSecretKey: "shpss_sandbox_7c1e94b0d2f85a6e3b19",
    scopes: ["read_products"],
    hostName: "localhost:3000",
    hostScheme: "http",
    apiVersion: ApiVersion.October26,
    isEmbeddedApp: false,
    logger: { level: LogSeverity.Error, log: () => undefined },
  });

beforeAll(() => setAbstractFetchFunc(fetchAt(sandbox)));

/** Through the consent page and back, with the cookies that the library sets. */
async function connect(expiring = true): Promise<Session> {
  const shopify = apiOf();
  const callbackPath = "/api/v1/channels/shopify/callback";
  const rawRequest = new Request("http://localhost:3000/auth", { headers: browser });
  const begun = (await shopify.auth.begin({ shop, callbackPath, isOnline: false, rawRequest })) as Response;
  const asked = new URL(begun.headers.get("location") ?? "");
  const cookie = begun.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const back = await sandbox.consent(pathOf(asked), { person: "nora", decision: "allow" });
  const returned = new Request(back, { headers: { ...browser, cookie } });
  const { session } = await shopify.auth.callback({ rawRequest: returned, expiring });
  return session;
}

describe("Shopify's own library", () => {
  it("Shopify's own library connects a store, offline and expiring, and refreshes", async () => {
    const session = await connect();
    expect(session).toMatchObject({ shop, isOnline: false, scope: "read_products", refreshToken: expect.any(String) });
    expect(session.isExpired()).toBe(false);
    const { session: next } = await apiOf().auth.refreshToken({ shop, refreshToken: session.refreshToken ?? "" });
    expect(next.accessToken).not.toBe(session.accessToken);
  });

  it("Shopify's own library refuses a return that was altered after signing", async () => {
    await sandbox.control("set", { provider: "shopify", returns: { timestamp: "1" } });
    await expect(connect()).rejects.toThrow("HMAC timestamp");
  });

  it("Shopify's own library asks the Admin API", async () => {
    const client = new (apiOf().clients.Graphql)({ session: await connect() });
    const { data } = await client.request(
      "{ shop { id myshopifyDomain } currentAppInstallation { accessScopes { handle } } }",
    );
    expect(data).toMatchObject({
      shop: { myshopifyDomain: shop },
      currentAppInstallation: { accessScopes: [{ handle: "read_products" }] },
    });
    await expect(client.request("{ shop { nickname } }")).rejects.toThrow("nickname");
  });

  it("Shopify's own library registers its webhooks, changes them, and drops those that it no longer wants", async () => {
    const session = await connect();
    const listed = async () =>
      ((await sandbox.read("subscriptions?provider=shopify")) as unknown as Json[]).map(
        ({ topic, uri, includeFields }) => ({
          topic,
          uri,
          includeFields,
        }),
      );
    const register = async (topics: Record<string, string[]>) => {
      const shopify = apiOf();
      for (const [topic, includeFields] of Object.entries(topics))
        shopify.webhooks.addHandlers({
          [topic]: [
            { deliveryMethod: DeliveryMethod.Http, callbackUrl: "/hooks", includeFields, callback: async () => {} },
          ],
        });
      const results = Object.values(await shopify.webhooks.register({ session })).flat();
      expect(results.every(({ success }) => success)).toBe(true);
      return results.map(({ operation }) => operation);
    };
    expect(await register({ APP_UNINSTALLED: [], SHOP_UPDATE: ["id"] })).toEqual(["create", "create"]);
    const uri = "http://localhost:3000/hooks";
    expect(await listed()).toEqual([
      { topic: "APP_UNINSTALLED", uri, includeFields: [] },
      { topic: "SHOP_UPDATE", uri, includeFields: ["id"] },
    ]);
    expect(await register({ APP_UNINSTALLED: ["id"] })).toEqual(["update", "delete"]);
    expect(await listed()).toEqual([{ topic: "APP_UNINSTALLED", uri, includeFields: ["id"] }]);
  });

  it("Shopify's own library verifies webhooks, and refuses forged ones", async () => {
    const judge = async (forge?: string) => {
      const order = { provider: "shopify", event: "shop/redact", to: app.url, ...(forge !== undefined && { forge }) };
      const { requests } = (await sandbox.control("sign", order)) as {
        requests: { body: string; headers: Record<string, string> }[];
      };
      const { body = "", headers = {} } = requests[0] ?? {};
      const rawRequest = new Request("http://localhost:3000/hooks", { method: "POST", headers });
      return apiOf().webhooks.validate({ rawBody: body, rawRequest });
    };
    expect(await judge()).toMatchObject({ valid: true, topic: "SHOP_REDACT", domain: shop });
    for (const forge of ["signature", "body", "unsigned"]) expect(await judge(forge)).toMatchObject({ valid: false });
  });

  it("Shopify's own library knows an installation that starts in the App Store by its signature", async () => {
    const link = "/admin.shopify.com/oauth/install?client_id=sandbox-shopify";
    const opened = await sandbox.consent(link, { person: "nora" });
    expect(await apiOf().utils.validateHmac(Object.fromEntries(opened.searchParams))).toBe(true);
  });
});
