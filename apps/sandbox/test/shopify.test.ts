import { describe, expect, it } from "vitest";
import { signQuery } from "../src/providers/shopify/signature.ts";
import { appOrigin, bench, day, hour, json, parameter, withQuery } from "./harness.ts";

const sandbox = bench();
const shop = "acme-goods.myshopify.com";
const canonical = "k3v9ab-x1.myshopify.com";
const client_id = "sandbox-shopify";
const client_secret = "shpss_sandbox_7c1e94b0d2f85a6e3b19";
const redirect_uri = `${appOrigin}/api/v1/channels/shopify/callback`;
const asked = { client_id, scope: "write_products,read_products,read_orders", redirect_uri, state: "st-5" };
const acceptJson = { accept: "application/json" };

const at = (path: string, host = shop) => `/${host}/admin/${path}`;
const consent = (fields: Record<string, string> = {}, host = shop) =>
  sandbox.consent(at("oauth/authorize", host), {
    ...asked,
    person: host === shop ? "nora" : "omar",
    decision: "allow",
    ...fields,
  });
const codeFor = async (fields: Record<string, string> = {}, host = shop) =>
  parameter(await consent(fields, host), "code");
const exchange = (fields: Record<string, string>, host = shop) =>
  sandbox.form(at("oauth/access_token", host), { client_id, client_secret, ...fields }, acceptJson);
const connect = async (fields: Record<string, string> = {}) =>
  json(await exchange({ code: await codeFor(), expiring: "1", ...fields }));
const refresh = (value: unknown) => exchange({ grant_type: "refresh_token", refresh_token: String(value) });
const graphql = (token: unknown, query: string, version = "2026-10") =>
  sandbox.post(at(`api/${version}/graphql.json`), { query }, { "x-shopify-access-token": String(token) });

describe("the signature", () => {
  it.each([
    [
      { code: "0907a61c0c8d55e99db179b68161bc00", shop: "some-shop.myshopify.com", timestamp: "1337178173" },
      "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20",
    ],
    [
      { code: "a94a110d86d2452eb3e2af4cfb8a3828", shop: "some-shop.myshopify.com", timestamp: "1337178173" },
      "2cb1a277650a659f1b11e92a4a64275b128e037f2c3390e3c8fd2d8721dac9e2",
    ],
    [
      {
        timestamp: "1337178173",
        state: "0.6784241404160823",
        shop: "some-shop.myshopify.com",
        hmac: "is left out",
        host: "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvc29tZS1zaG9w",
        code: "0907a61c0c8d55e99db179b68161bc00",
      },
      "9fe3d5ea81959305fd96bd3d2d44e878654e753bc8e455b5369c15a009412163",
    ],
  ])("Shopify's signature of the known examples is right", (parameters, hmac) => {
    expect(signQuery(parameters, "hush")).toBe(hmac);
  });
});

describe("authorize", () => {
  it("Shopify's authorize endpoint returns code, hmac, host, shop, state and timestamp, all signed", async () => {
    const back = await consent();
    const returned = Object.fromEntries(back.searchParams);
    expect(Object.keys(returned)).toEqual(["code", "hmac", "host", "shop", "state", "timestamp"]);
    expect(returned).toMatchObject({ shop, state: "st-5", hmac: signQuery(returned, client_secret) });
    expect(returned["code"]).toMatch(/^[0-9a-f]{32}$/);
    expect(Buffer.from(returned["host"] ?? "", "base64").toString()).toBe("admin.shopify.com/store/acme-goods");
    expect(returned["host"]).not.toContain("=");
  });

  it("Shopify's authorize endpoint can leave out the host, and signs without it", async () => {
    await sandbox.control("set", { provider: "shopify", omitHost: true });
    const returned = Object.fromEntries((await consent()).searchParams);
    expect(returned).not.toHaveProperty("host");
    expect(returned["hmac"]).toBe(signQuery(returned, client_secret));
  });

  it("Shopify's authorize endpoint returns the canonical shop for a friendly name", async () => {
    expect(parameter(await consent({}, "acme-outlet.myshopify.com"), "shop")).toBe(canonical);
  });

  it("Shopify's authorize endpoint can be made to return a wrong signature, another shop or a parameter twice", async () => {
    await sandbox.control("set", {
      provider: "shopify",
      returns: { hmac: "00", shop: ["a.myshopify.com", "b.myshopify.com"], timestamp: null },
    });
    const back = await consent();
    expect(parameter(back, "hmac")).toBe("00");
    expect(back.searchParams.getAll("shop")).toHaveLength(2);
    expect(back.searchParams.has("timestamp")).toBe(false);
  });

  it("Shopify's authorize endpoint does not return when the merchant cancels", async () => {
    const answer = await sandbox.form(at("oauth/authorize"), { ...asked, person: "nora", decision: "deny" });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("cancelled");
  });

  it.each([
    ["application_cannot_be_found", { client_id: "somebody" }],
    ["invalid_request", { redirect_uri: `${redirect_uri}?x=1` }],
    ["matching hosts", { redirect_uri: "http://127.0.0.1:3000/api/v1/channels/shopify/callback" }],
    ["invalid_scope", { scope: "read_minds" }],
  ])("Shopify's authorize endpoint shows %s on a page and does not redirect", async (text, wrong) => {
    const answer = await sandbox.get(withQuery(at("oauth/authorize"), { ...asked, ...wrong }));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(text);
  });

  it("Shopify's authorize endpoint knows no shop that was not seeded, and offers a shop's own people only", async () => {
    expect((await sandbox.get(at("oauth/authorize", "nobody.myshopify.com"))).status).toBe(404);
    const page = await (await sandbox.get(withQuery(at("oauth/authorize"), asked))).text();
    expect(page).toContain("Nora Lindqvist");
    expect(page).not.toContain("Omar Haddad");
  });
});

describe("the token endpoint", () => {
  it("Shopify's token endpoint gives an expiring set, without implied reads and without a token type", async () => {
    const tokens = await connect();
    expect(Object.keys(tokens)).toEqual([
      "access_token",
      "scope",
      "expires_in",
      "refresh_token",
      "refresh_token_expires_in",
    ]);
    expect(tokens).toMatchObject({ expires_in: 3600, refresh_token_expires_in: 7_776_000 });
    expect(String(tokens["scope"]).split(",").sort()).toEqual(["read_orders", "write_products"]);
  });

  it("Shopify's token endpoint gives a token that never ends unless asked for an expiring one, and the Admin API refuses it", async () => {
    const tokens = await connect({ expiring: "0" });
    expect(Object.keys(tokens)).toEqual(["access_token", "scope"]);
    const answer = await graphql(tokens["access_token"], "{ shop { id } }");
    expect(answer.status).toBe(403);
    expect((await json(answer))["errors"]).toContain("Non-expiring access tokens are no longer accepted");
  });

  it("Shopify's token endpoint gives a person's own token when that was asked for", async () => {
    const code = await codeFor({ "grant_options[]": "per-user" });
    expect(await json(await exchange({ code }))).toMatchObject({
      expires_in: 86_399,
      associated_user: { email: "nora@acme-goods.example" },
    });
  });

  it("Shopify's token endpoint takes JSON as well", async () => {
    const body = { client_id, client_secret, code: await codeFor(), expiring: 1 };
    expect(await json(await sandbox.post(at("oauth/access_token"), body, acceptJson))).toHaveProperty("refresh_token");
  });

  it("Shopify redeems a code once and for its own shop; a second try leaves the first token alone", async () => {
    const elsewhere = await exchange({ code: await codeFor(), expiring: "1" }, canonical);
    expect(elsewhere.status).toBe(400);
    const code = await codeFor();
    const tokens = await json(await exchange({ code, expiring: "1" }));
    const again = await exchange({ code, expiring: "1" });
    expect([again.status, await json(again)]).toEqual([
      400,
      { error: "invalid_request", error_description: "The authorization code was not found or was already used" },
    ]);
    expect((await graphql(tokens["access_token"], "{ shop { id } }")).status).toBe(200);
  });

  it("Shopify's token endpoint explains errors in HTML unless JSON is accepted", async () => {
    const fields = { client_id, client_secret, code: "0" };
    const page = await sandbox.form(at("oauth/access_token"), fields, { accept: "*/*" });
    expect(page.status).toBe(400);
    expect(await page.text()).toContain("<title>400 - Oauth error invalid_request</title>");
    expect(await json(await exchange({ client_id: "somebody", code: "0" }))).toMatchObject({
      error: "application_cannot_be_found",
    });
    expect(await json(await exchange({ client_secret: "wrong", code: "0" }))).toMatchObject({
      error: "invalid_client",
    });
  });

  it("Shopify lets a refresh be tried again with the same outcome, until the replacement is used", async () => {
    const first = await connect();
    const second = await json(await refresh(first["refresh_token"]));
    const retried = await json(await refresh(first["refresh_token"]));
    expect(second["refresh_token"]).not.toBe(first["refresh_token"]);
    expect(retried["refresh_token"]).toBe(second["refresh_token"]);
    expect((await refresh(second["refresh_token"])).status).toBe(200);
    const dead = await refresh(first["refresh_token"]);
    expect([dead.status, await json(dead)]).toEqual([
      401,
      { error: "invalid_request", error_description: "This request requires an active refresh_token" },
    ]);
  });

  it("Shopify ends the retries of a refresh after thirty days, and a refresh token after ninety", async () => {
    const first = await connect();
    const second = await json(await refresh(first["refresh_token"]));
    await sandbox.control("clock", { advanceMs: 30 * day });
    expect((await refresh(first["refresh_token"])).status).toBe(401);
    await sandbox.control("clock", { advanceMs: 60 * day });
    expect((await refresh(second["refresh_token"])).status).toBe(401);
  });

  it("Shopify retires the store's earlier refresh tokens at each new acquisition, not its access tokens", async () => {
    const first = await connect();
    const second = await connect();
    expect((await refresh(first["refresh_token"])).status).toBe(401);
    expect((await graphql(first["access_token"], "{ shop { id } }")).status).toBe(200);
    expect((await refresh(second["refresh_token"])).status).toBe(200);
  });
});

describe("the Admin API", () => {
  const query = `query Who {
    shop { id name email contactEmail myshopifyDomain primaryDomain { host url } currencyCode }
    currentAppInstallation { id accessScopes { handle } } # and what we may
  }`;

  it("the Admin API answers what was asked, and no more", async () => {
    const { access_token } = await connect();
    const answer = await graphql(access_token, query);
    expect(answer.headers.get("x-shopify-api-version")).toBe("2026-10");
    expect(await json(answer)).toMatchObject({
      data: {
        shop: { id: "gid://shopify/Shop/68817551382", name: "Acme Goods", myshopifyDomain: shop },
        currentAppInstallation: { accessScopes: [{ handle: "write_products" }, { handle: "read_orders" }] },
      },
      extensions: { cost: { throttleStatus: { maximumAvailable: 2000 } } },
    });
    expect((await json(await graphql(access_token, "{ s: shop { id } }")))["data"]).toEqual({
      s: { id: "gid://shopify/Shop/68817551382" },
    });
  });

  it("the Admin API says an unknown field with status 200", async () => {
    const { access_token } = await connect();
    const answer = await graphql(access_token, "{ shop { nickname } }");
    expect(answer.status).toBe(200);
    expect(await json(answer)).toMatchObject({ errors: [{ extensions: { code: "undefinedField" } }] });
  });

  it("the Admin API serves an unsupported version by the oldest supported one", async () => {
    const { access_token } = await connect();
    expect((await graphql(access_token, "{ shop { id } }", "2023-01")).headers.get("x-shopify-api-version")).toBe(
      "2026-01",
    );
  });

  it("the Admin API refuses unknown, expired and foreign tokens with a string", async () => {
    const { access_token } = await connect();
    const foreign = await sandbox.post(
      at("api/2026-10/graphql.json", canonical),
      { query },
      {
        "x-shopify-access-token": String(access_token),
      },
    );
    expect(foreign.status).toBe(401);
    await sandbox.control("clock", { advanceMs: hour });
    const expired = await graphql(access_token, query);
    expect([expired.status, await json(expired)]).toEqual([
      401,
      { errors: "[API] Invalid API key or access token (unrecognized login or wrong password)" },
    ]);
  });

  it.each(["appUninstall", "DELETE"])("the Admin API forgets the app and all its tokens on %s", async (how) => {
    const earlier = await connect();
    const tokens = await connect();
    const headers = { "x-shopify-access-token": String(tokens["access_token"]) };
    const url = sandbox.url(at("api_permissions/current.json"));
    const answer =
      how === "DELETE"
        ? await fetch(url, { method: "DELETE", headers })
        : await graphql(
            tokens["access_token"],
            "mutation { appUninstall { app { id } userErrors { code field message } } }",
          );
    expect(answer.status).toBe(200);
    for (const set of [earlier, tokens]) expect((await graphql(set["access_token"], query)).status).toBe(401);
    expect((await refresh(tokens["refresh_token"])).status).toBe(401);
    expect(await sandbox.read("calls")).toMatchObject({ summary: { shopify: { revocations: 1 } } });
  });
});
