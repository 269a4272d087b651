import { describe, expect, it } from "vitest";
import { appOrigin, basicAuth, bearerAuth, bench, json, minute, parameter, withQuery } from "./harness.ts";

const sandbox = bench();
const authorize = "/connect.stripe.com/oauth/authorize";
const token = "/connect.stripe.com/oauth/token";
const deauthorize = "/connect.stripe.com/oauth/deauthorize";
const redirect_uri = `${appOrigin}/api/v1/channels/stripe/callback`;
const client_id = "ca_sandboxT3stPatchbay8dKq2LmVx6Wz";
const liveClientId = "ca_sandboxL1vePatchbay5rNj9TcGy3Hs";
const key = "sk_test_sandbox_4nVb8RzKx7LpYc2H";
const liveKey = "sk_live_sandbox_9Jw6FtMq3UvBe9Ag";
const foreignKey = "sk_test_foreign_2QyDs8FkWu5NgXb7";
const restrictedKey = "rk_test_sandbox_7ZcEo3HvTm9RaJp4";
const account = "acct_1QmT4nBk7sandbox1";
const asked = { client_id, response_type: "code", scope: "read_write", redirect_uri, state: "st-3" };

const consent = (fields: Record<string, string> = {}) =>
  sandbox.consent(authorize, { ...asked, person: "mei", decision: "allow", ...fields });
const codeFor = async (fields: Record<string, string> = {}) => parameter(await consent(fields), "code");
const redeem = (code: string, headers: Record<string, string> = bearerAuth(key)) =>
  sandbox.form(token, { grant_type: "authorization_code", code }, headers);
const connect = async (fields: Record<string, string> = {}) => json(await redeem(await codeFor(fields)));
const retrieve = (id = account, secret = key) => sandbox.get(`/api.stripe.com/v1/accounts/${id}`, bearerAuth(secret));

describe("Stripe's authorize endpoint", () => {
  it("Stripe's authorize endpoint returns scope, code and state, in that order", async () => {
    const back = await consent();
    expect([...back.searchParams.keys()]).toEqual(["scope", "code", "state"]);
    expect(parameter(back, "code")).toMatch(/^ac_\w{32}$/);
  });

  it("Stripe's authorize endpoint returns to the first registered URI if none is named", async () => {
    const { redirect_uri: _omitted, ...rest } = asked;
    const back = await sandbox.consent(authorize, { ...rest, person: "mei", decision: "allow" });
    expect(back.href.startsWith(redirect_uri)).toBe(true);
  });

  it("Stripe's authorize endpoint returns a denial in Stripe's words", async () => {
    const back = await consent({ decision: "deny" });
    expect(Object.fromEntries(back.searchParams)).toEqual({
      error: "access_denied",
      error_description: "The user denied your request",
      state: "st-3",
    });
  });

  it.each([
    ["invalid_redirect_uri", { redirect_uri: `${redirect_uri}/` }],
    ["invalid_scope", { scope: "everything" }],
    ["invalid_scope", { scope: "read_only" }],
    ["unsupported_response_type", { response_type: "token" }],
  ])("Stripe's authorize endpoint says %s as JSON and does not redirect", async (error, wrong) => {
    const answer = await sandbox.get(withQuery(authorize, { ...asked, ...wrong }));
    expect(answer.status).toBe(400);
    expect(await json(answer)).toMatchObject({ error, state: "st-3" });
  });

  it("Stripe's authorize endpoint defaults to read_only, which a platform may not ask for", async () => {
    const answer = await sandbox.get(withQuery(authorize, { client_id, response_type: "code" }));
    expect(await json(answer)).toMatchObject({ error: "invalid_scope" });
  });
});

describe("Stripe's token endpoint", () => {
  it("Stripe's token endpoint gives the account, the mode and no expiry", async () => {
    const tokens = await connect();
    expect(Object.keys(tokens)).toEqual([
      "access_token",
      "livemode",
      "refresh_token",
      "token_type",
      "stripe_publishable_key",
      "stripe_user_id",
      "scope",
    ]);
    expect(tokens).toMatchObject({
      livemode: false,
      token_type: "bearer",
      stripe_user_id: account,
      scope: "read_write",
    });
  });

  it("Stripe's token endpoint takes the key as bearer, as Basic user and in the form", async () => {
    expect((await redeem(await codeFor(), basicAuth(key, ""))).status).toBe(200);
    const fields = { grant_type: "authorization_code", client_secret: key, code: await codeFor() };
    expect((await sandbox.form(token, fields)).status).toBe(200);
  });

  it("Stripe's token endpoint finds no authentication in a JSON body", async () => {
    const answer = await sandbox.post(token, { client_secret: key, grant_type: "authorization_code" });
    expect(answer.status).toBe(401);
    expect(await json(answer)).toEqual({
      error: "invalid_client",
      error_description:
        "No authentication was provided. Send your secret API key using the Authorization header, or as a client_secret POST parameter.",
    });
  });

  it("Stripe's token endpoint does not know a wrong key, and never repeats it whole", async () => {
    const answer = await redeem(await codeFor(), bearerAuth("sk_test_somebodyelses"));
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain("somebody");
  });

  it.each([
    [{}, "invalid_request", "No grant type specified"],
    [{ grant_type: "authorization_code", code: "ac_no" }, "invalid_grant", "Authorization code does not exist: ac_no"],
    [{ grant_type: "password" }, "unsupported_grant_type", "Unsupported grant type: password"],
  ])("Stripe's token endpoint answers %o with %s", async (fields, error, error_description) => {
    const answer = await sandbox.form(token, fields, bearerAuth(key));
    expect([answer.status, await json(answer)]).toEqual([400, { error, error_description }]);
  });

  it("Stripe revokes the whole connection when a code is seen twice", async () => {
    const code = await codeFor();
    await redeem(code);
    expect((await retrieve()).status).toBe(200);
    const again = await redeem(code);
    expect([again.status, await json(again)]).toEqual([
      400,
      {
        error: "invalid_grant",
        error_description:
          "This authorization code has already been used. All tokens issued with this code have been revoked.",
      },
    ]);
    const lost = await retrieve();
    expect(lost.status).toBe(403);
    expect(await json(lost)).toMatchObject({ error: { code: "account_invalid", type: "invalid_request_error" } });
  });

  it("Stripe's token endpoint refuses a code after five minutes, and a key of the other mode", async () => {
    const late = await codeFor();
    const live = await codeFor({ client_id: liveClientId });
    expect(await json(await redeem(live))).toMatchObject({ error: "invalid_grant" });
    expect(await json(await redeem(live, bearerAuth(liveKey)))).toMatchObject({ livemode: true });
    await sandbox.control("clock", { advanceMs: 5 * minute });
    expect(await json(await redeem(late))).toMatchObject({ error: "invalid_grant" });
  });

  it("Stripe rolls the access token by a refresh token that stays", async () => {
    const first = await connect();
    const fields = { grant_type: "refresh_token", refresh_token: String(first["refresh_token"]) };
    const second = await json(await sandbox.form(token, fields, bearerAuth(key)));
    expect(second["refresh_token"]).toBe(first["refresh_token"]);
    expect((await retrieve(account, String(first["access_token"]))).status).toBe(401);
    expect((await retrieve(account, String(second["access_token"]))).status).toBe(200);
  });
});

describe("Stripe's accounts", () => {
  it("Stripe's accounts are read by id, or as the account of the Stripe-Account header", async () => {
    await connect();
    const byId = await json(await retrieve());
    expect(byId).toMatchObject({ id: account, type: "standard", email: "mei@tanaka-bikes.example" });
    const headers = { ...bearerAuth(key), "stripe-account": account };
    expect(await json(await sandbox.get("/api.stripe.com/v1/account", headers))).toEqual(byId);
  });

  it("Stripe's accounts may have no e-mail address and no business name", async () => {
    await sandbox.control("set", { provider: "stripe", person: "mei", email: null, business_name: null });
    await connect();
    expect(await json(await retrieve())).toMatchObject({ email: null, business_profile: { name: null } });
  });

  it("the account is the platform's own if none is named", async () => {
    const own = (secret: string) => sandbox.get("/api.stripe.com/v1/account", bearerAuth(secret));
    expect(await json(await own(key))).toMatchObject({ id: "acct_1Platform0sandbox", object: "account" });
    expect(await json(await own(foreignKey))).toMatchObject({ id: "acct_1Foreign0sandbox" });
    expect((await retrieve("acct_1Platform0sandbox")).status).toBe(200);
  });

  it("Stripe's accounts are out of reach of another platform, and of a key without the permission", async () => {
    await connect();
    const [foreign, restricted] = [await retrieve(account, foreignKey), await retrieve(account, restrictedKey)];
    expect([foreign.status, await json(foreign)]).toMatchObject([403, { error: { code: "account_invalid" } }]);
    expect([restricted.status, await json(restricted)]).toMatchObject([
      403,
      { error: { code: "more_permissions_required" } },
    ]);
    expect((await sandbox.get("/api.stripe.com/v1/account", bearerAuth(restrictedKey))).status).toBe(403);
  });

  it("Stripe's accounts are out of reach unless connected in the key's mode", async () => {
    expect((await retrieve()).status).toBe(403);
    await connect();
    expect((await retrieve(account, liveKey)).status).toBe(403);
    expect((await retrieve("acct_unknown")).status).toBe(403);
    expect((await retrieve(account, "sk_test_no")).status).toBe(401);
  });
});

const leave = (fields: Record<string, string>) => sandbox.form(deauthorize, fields, bearerAuth(key));

describe("Stripe's deauthorize endpoint", () => {
  it("Stripe's deauthorize endpoint ends the connection and names the account", async () => {
    await connect();
    const answer = await leave({ client_id, stripe_user_id: account });
    expect([answer.status, await json(answer)]).toEqual([200, { stripe_user_id: account }]);
    expect((await retrieve()).status).toBe(403);
  });

  it("Stripe's deauthorize endpoint has one error code for several causes", async () => {
    const gone = await leave({ client_id, stripe_user_id: account });
    expect([gone.status, await json(gone)]).toEqual([
      401,
      {
        error: "invalid_client",
        error_description: `This application is not connected to stripe account ${account}, or that account does not exist.`,
      },
    ]);
    await connect();
    const foreign = await leave({ client_id: liveClientId, stripe_user_id: account });
    expect([foreign.status, await json(foreign)]).toMatchObject([401, { error: "invalid_client" }]);
    const other = await sandbox.form(deauthorize, { client_id, stripe_user_id: account }, bearerAuth(foreignKey));
    expect([other.status, await json(other)]).toMatchObject([401, { error: "invalid_client" }]);
    expect((await retrieve()).status).toBe(200);
    expect((await leave({ client_id })).status).toBe(400);
  });
});
