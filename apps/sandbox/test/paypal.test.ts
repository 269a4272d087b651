import { describe, expect, it } from "vitest";
import { appOrigin, basicAuth, bearerAuth, bench, hour, json, minute, parameter, withQuery } from "./harness.ts";

const sandbox = bench();
const authorize = "/www.sandbox.paypal.com/signin/authorize";
const api = "/api-m.sandbox.paypal.com";
const redirect_uri = `${appOrigin}/api/v1/channels/paypal/connect`;
const attributes = "https://uri.paypal.com/services/paypalattributes";
const clientId = "sandbox-paypal";
const clientSecret = "EHs4uKq9ZtVb2mWcX7rPfL1nDj6yTg8aQo3iRk5e";
const auth = basicAuth(clientId, clientSecret);
const asked = {
  client_id: clientId,
  response_type: "code",
  redirect_uri,
  scope: `openid email profile ${attributes}`,
  state: "st-2",
};

const consent = (fields: Record<string, string> = {}) =>
  sandbox.consent(authorize, { ...asked, person: "grace", decision: "allow", ...fields });
const codeFor = async (fields: Record<string, string> = {}) => parameter(await consent(fields), "code");
const redeem = (code: string, fields: Record<string, string> = {}) =>
  sandbox.form(`${api}/v1/oauth2/token`, { grant_type: "authorization_code", code, ...fields }, auth);
const refresh = (token: unknown) =>
  sandbox.form(`${api}/v1/oauth2/token`, { grant_type: "refresh_token", refresh_token: String(token) }, auth);
const connect = async (fields: Record<string, string> = {}) => json(await redeem(await codeFor(fields)));
const userinfo = (token: unknown, query = "?schema=paypalv1.1") =>
  sandbox.get(`${api}/v1/identity/oauth2/userinfo${query}`, bearerAuth(token));

describe("PayPal's authorize endpoint", () => {
  it("PayPal's authorize endpoint returns code, granted scope and state", async () => {
    const back = await consent();
    expect([...back.searchParams.keys()]).toEqual(["code", "scope", "state"]);
    expect(parameter(back, "scope")).toBe(asked.scope);
    expect(back.search).not.toContain("+");
  });

  it("PayPal's authorize endpoint returns access_denied with the state", async () => {
    const back = await consent({ decision: "deny" });
    expect(parameter(back, "error")).toBe("access_denied");
    expect(parameter(back, "state")).toBe("st-2");
  });

  it("PayPal's authorize endpoint can be made to return without any parameter but the state", async () => {
    await sandbox.control("set", { provider: "paypal", returns: { error: null, error_description: null } });
    expect([...(await consent({ decision: "deny" })).searchParams.keys()]).toEqual(["state"]);
  });

  it("PayPal's authorize endpoint returns a denial without its state, or nothing at all, if a switch says so", async () => {
    await sandbox.control("set", { provider: "paypal", denial: "no_state" });
    expect(Object.fromEntries((await consent({ decision: "deny" })).searchParams)).toEqual({
      error_uri: redirect_uri,
      error_description: "Consent denied",
      error: "access_denied",
    });
    await sandbox.control("set", { provider: "paypal", denial: "bare" });
    expect((await consent({ decision: "deny" })).search).toBe("");
  });

  it.each([
    ["no scope", { scope: "" }],
    ["no openid", { scope: "email" }],
    ["an unregistered return URL", { redirect_uri: `${redirect_uri}?x=1` }],
    ["an unknown client", { client_id: "somebody" }],
  ])(
    "PayPal's authorize endpoint shows that something went wrong for %s, and does not redirect",
    async (_what, wrong) => {
      const answer = await sandbox.form(authorize, { ...asked, ...wrong, person: "grace", decision: "allow" });
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain("something went wrong");
    },
  );

  it("PayPal's authorize endpoint does not know the app in the live environment", async () => {
    expect((await sandbox.get(withQuery("/www.paypal.com/signin/authorize", asked))).status).toBe(400);
  });
});

describe("PayPal's token endpoint", () => {
  it("PayPal's token endpoint gives expires_in as a string, a refresh token and a nonce", async () => {
    const tokens = await connect();
    expect(tokens).toMatchObject({ token_type: "Bearer", expires_in: "28800", scope: asked.scope });
    expect(tokens["access_token"]).toMatch(/^A21AA\w{92}$/);
    expect(tokens["refresh_token"]).toMatch(/^R23AA/);
    expect(tokens["nonce"]).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it("PayPal's token endpoint needs no redirect_uri, but refuses another one than was used", async () => {
    expect((await redeem(await codeFor(), { redirect_uri })).status).toBe(200);
    const wrong = await redeem(await codeFor(), { redirect_uri: `${appOrigin}/integrations` });
    expect(await json(wrong)).toMatchObject({ error: "access_denied" });
  });

  it("PayPal calls a used or expired code access_denied, with ids for support", async () => {
    const code = await codeFor();
    await redeem(code);
    const again = await redeem(code);
    expect(again.status).toBe(400);
    expect(again.headers.get("paypal-debug-id")).not.toBeNull();
    expect(await json(again)).toEqual({
      error: "access_denied",
      error_description: "Invalid authorization code",
      correlation_id: again.headers.get("paypal-debug-id"),
      information_link: "https://developer.paypal.com/docs/api/#errors",
    });
    const late = await codeFor();
    await sandbox.control("clock", { advanceMs: 3 * minute });
    expect(await json(await redeem(late))).toMatchObject({ error: "access_denied" });
  });

  it("PayPal's token endpoint takes Basic only", async () => {
    const fields = { grant_type: "authorization_code", code: await codeFor() };
    const path = `${api}/v1/oauth2/token`;
    const inBody = await sandbox.form(path, { ...fields, client_id: clientId, client_secret: clientSecret });
    expect([inBody.status, await json(inBody)]).toEqual([
      400,
      { error: "invalid_client", error_description: "client id or secret is null" },
    ]);
    const wrong = await sandbox.form(path, fields, basicAuth(clientId, "wrong"));
    expect([wrong.status, await json(wrong)]).toEqual([
      401,
      { error: "invalid_client", error_description: "Client Authentication failed" },
    ]);
    expect((await sandbox.form("/api-m.paypal.com/v1/oauth2/token", fields, auth)).status).toBe(401);
  });

  it("PayPal refreshes without a new refresh token, again and again", async () => {
    const tokens = await connect();
    const first = await json(await refresh(tokens["refresh_token"]));
    expect(first).not.toHaveProperty("refresh_token");
    expect(first["access_token"]).not.toBe(tokens["access_token"]);
    expect((await refresh(tokens["refresh_token"])).status).toBe(200);
    expect((await userinfo(tokens["access_token"])).status).toBe(200);
  });

  it("PayPal tells an unknown refresh token from a dead one", async () => {
    const unknown = await refresh("R23AAnone");
    expect([unknown.status, await json(unknown)]).toEqual([
      401,
      { error: "invalid_refresh_token", error_description: "Refresh Token is invalid" },
    ]);
    const tokens = await connect();
    const terminated = { token: String(tokens["refresh_token"]), token_type_hint: "REFRESH_TOKEN" };
    await sandbox.form(`${api}/v1/oauth2/token/terminate`, terminated, auth);
    const dead = await refresh(tokens["refresh_token"]);
    expect([dead.status, await json(dead)]).toMatchObject([
      400,
      { error: "invalid_request", error_description: "Unable to refresh access token" },
    ]);
  });
});

describe("PayPal's userinfo", () => {
  it("PayPal's userinfo gives payer id, string booleans and several e-mails, none of them at the top", async () => {
    const info = await json(await userinfo((await connect())["access_token"]));
    expect(info).toMatchObject({
      payer_id: "WDJJHEBZ4X2LY",
      verified_account: "true",
      emails: [
        { value: "g.lindholm@mail.example", primary: "false", confirmed: "false" },
        { value: "grace@nordic-ceramics.example", primary: "true", confirmed: "true" },
      ],
    });
    expect(info).not.toHaveProperty("email");
    const other = await json(await userinfo((await connect({ person: "kwame" }))["access_token"]));
    expect(other).toMatchObject({ verified_account: false, emails: [{ primary: true }] });
  });

  it("PayPal's userinfo is given by POST as well, the token and the schema in the form", async () => {
    const access_token = String((await connect())["access_token"]);
    const path = `${api}/v1/identity/oauth2/userinfo`;
    const asked = await sandbox.form(path, { access_token, schema: "paypalv1.1" });
    expect([asked.status, await json(asked)]).toMatchObject([200, { payer_id: "WDJJHEBZ4X2LY" }]);
    const posted = await sandbox.post(`${path}?schema=paypalv1.1`, {}, bearerAuth(access_token));
    expect(await json(posted)).toMatchObject({ payer_id: "WDJJHEBZ4X2LY" });
    const older = await sandbox.form(`${api}/v1/identity/openidconnect/userinfo`, { access_token, schema: "openid" });
    expect(await json(older)).toMatchObject({ account_type: "BUSINESS" });
    expect((await sandbox.form(path, { access_token: "none", schema: "paypalv1.1" })).status).toBe(401);
  });

  it("PayPal's userinfo tells of a merchant's business, and not of a person's", async () => {
    expect(await json(await userinfo((await connect())["access_token"]))).toMatchObject({
      business_name: "Nordic Ceramics AB",
      business_category: expect.any(String),
      business_phone: expect.any(String),
      business_address: { country: "SE" },
    });
    const info = await json(await userinfo((await connect({ person: "kwame" }))["access_token"]));
    expect(Object.keys(info).filter((name) => name.startsWith("business"))).toEqual([]);
  });

  it("PayPal's userinfo leaves out what no scope covers", async () => {
    const info = await json(await userinfo((await connect({ scope: "openid" }))["access_token"]));
    expect(Object.keys(info)).toEqual(["user_id", "sub"]);
  });

  it("PayPal's userinfo can lack the payer id", async () => {
    await sandbox.control("set", { provider: "paypal", person: "grace", payer_id: null });
    expect(await json(await userinfo((await connect())["access_token"]))).not.toHaveProperty("payer_id");
  });

  it("PayPal's userinfo needs the schema", async () => {
    expect((await userinfo((await connect())["access_token"], "")).status).toBe(400);
  });

  it("PayPal's userinfo has the older flat form under its own schema", async () => {
    const tokens = await connect();
    const path = `${api}/v1/identity/openidconnect/userinfo?schema=openid`;
    const info = await json(await sandbox.get(path, bearerAuth(tokens["access_token"])));
    expect(info).toMatchObject({ email: "grace@nordic-ceramics.example", account_type: "BUSINESS" });
  });

  it("PayPal's userinfo refuses a terminated and an expired token with a challenge", async () => {
    const tokens = await connect();
    const done = await sandbox.form(
      `${api}/v1/oauth2/token/terminate`,
      { token: String(tokens["access_token"]) },
      auth,
    );
    expect([done.status, await done.text()]).toEqual([200, ""]);
    const dead = await userinfo(tokens["access_token"]);
    expect(dead.status).toBe(401);
    expect(dead.headers.get("www-authenticate")).toContain('realm="UserInfoService"');
    const fresh = await connect();
    await sandbox.control("clock", { advanceMs: 8 * hour });
    expect((await userinfo(fresh["access_token"])).status).toBe(401);
  });
});
