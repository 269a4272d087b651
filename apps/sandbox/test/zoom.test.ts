import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { appOrigin, basicAuth, bearerAuth, bench, day, hour, json, minute, parameter, withQuery } from "./harness.ts";

const sandbox = bench();
const authorize = "/zoom.us/oauth/authorize";
const token = "/zoom.us/oauth/token";
const clientId = "sandbox-zoom";
const clientSecret = "Zx7mQw2LrT9vKc4HnB6yPd1GsJ8fUa3E";
const auth = basicAuth(clientId, clientSecret);
const redirect_uri = `${appOrigin}/api/v1/channels/zoom/callback`;
const verifier = "zoom-verifier-zoom-verifier-zoom-verifier-zoom-verifier";
const hashed = createHash("sha256").update(verifier).digest("base64url");
const asked = { client_id: clientId, response_type: "code", redirect_uri, state: "st-4" };
const s256 = { code_challenge: hashed, code_challenge_method: "S256" };

const consent = (fields: Record<string, string> = {}) =>
  sandbox.consent(authorize, { ...asked, person: "priya", decision: "allow", ...fields });
const codeFor = async (fields: Record<string, string> = {}) => parameter(await consent(fields), "code");
const redeem = (code: string, fields: Record<string, string> = {}) =>
  sandbox.form(token, { grant_type: "authorization_code", code, redirect_uri, ...fields }, auth);
const refresh = (value: unknown) =>
  sandbox.form(token, { grant_type: "refresh_token", refresh_token: String(value) }, auth);
const connect = async (fields: Record<string, string> = {}) => json(await redeem(await codeFor(fields)));
const me = (value: unknown) => sandbox.get("/api.zoom.us/v2/users/me", bearerAuth(value));

describe("Zoom's authorize endpoint", () => {
  it("Zoom's authorize endpoint returns code and state, and on denial error and state", async () => {
    expect([...(await consent()).searchParams.keys()]).toEqual(["code", "state"]);
    const denied = await consent({ decision: "deny" });
    expect(Object.fromEntries(denied.searchParams)).toEqual({ error: "access_denied", state: "st-4" });
  });

  it("Zoom's authorize endpoint shows a bad redirect URL as JSON, or as a page to a browser, and does not redirect", async () => {
    const url = withQuery(authorize, { ...asked, redirect_uri: `${appOrigin}/API/v1/channels/zoom/callback` });
    const answer = await sandbox.get(url, { accept: "application/json" });
    expect([answer.status, await json(answer)]).toEqual([
      400,
      { status: false, errorCode: 4700, errorMessage: "Invalid redirect url", result: null },
    ]);
    expect(await (await sandbox.get(url, { accept: "text/html" })).text()).toContain("(4,700)");
  });

  it("Zoom's authorize endpoint does not know scopes that the app's settings do not have, or several at once", async () => {
    for (const scope of ["user:read", "user:read:user meeting:read:meeting"]) {
      const answer = await sandbox.form(authorize, { ...asked, scope, person: "priya", decision: "allow" });
      expect(answer.status).toBe(400);
    }
  });
});

describe("Zoom's token endpoint", () => {
  it("Zoom's token endpoint gives long tokens, a lower-case type and the API's address", async () => {
    const tokens = await connect();
    expect(Object.keys(tokens)).toEqual([
      "access_token",
      "token_type",
      "refresh_token",
      "expires_in",
      "scope",
      "api_url",
    ]);
    expect(tokens).toMatchObject({
      token_type: "bearer",
      expires_in: 3599,
      scope: "user:read:user",
      api_url: "https://api.zoom.us",
    });
    for (const name of ["access_token", "refresh_token"]) {
      expect(String(tokens[name]).length).toBeGreaterThanOrEqual(1200);
      expect(String(tokens[name]).split(".")).toHaveLength(3);
    }
  });

  it("Zoom's token endpoint checks an S256 verifier, and takes a challenge without a method as plain", async () => {
    const code = await codeFor(s256);
    expect(await json(await redeem(code))).toMatchObject({ error: "invalid_grant" });
    expect(await json(await redeem(code, { code_verifier: hashed }))).toMatchObject({ error: "invalid_grant" });
    expect((await redeem(code, { code_verifier: verifier })).status).toBe(200);
    const plain = await codeFor({ code_challenge: hashed });
    expect((await redeem(plain, { code_verifier: verifier })).status).toBe(400);
    expect((await redeem(plain, { code_verifier: hashed })).status).toBe(200);
  });

  it("Zoom's token endpoint repeats the code in the reason when it is used or too old", async () => {
    const code = await codeFor();
    await redeem(code);
    const again = await redeem(code);
    expect([again.status, await json(again)]).toEqual([
      400,
      { reason: `Invalid authorization code ${code}`, error: "invalid_grant" },
    ]);
    const late = await codeFor();
    await sandbox.control("clock", { advanceMs: 5 * minute });
    expect(await json(await redeem(late))).toMatchObject({ error: "invalid_grant" });
  });

  it("Zoom's token endpoint refuses a wrong secret, a missing one, another redirect URI and an unknown grant type", async () => {
    const fields = { grant_type: "authorization_code", code: await codeFor(), redirect_uri };
    const wrong = await sandbox.form(token, fields, basicAuth(clientId, "wrong"));
    expect([wrong.status, await json(wrong)]).toEqual([
      401,
      { reason: "Invalid client_id or client_secret", error: "invalid_client" },
    ]);
    expect((await sandbox.form(token, fields)).status).toBe(400);
    expect(await json(await redeem(fields.code, { redirect_uri: appOrigin }))).toMatchObject({
      reason: "Redirect URI mismatch.",
    });
    expect(await json(await redeem(fields.code, { grant_type: "implicit" }))).toEqual({
      reason: "unsupported grant type",
      error: "unsupported_grant_type",
    });
  });

  it("a refresh at Zoom ends the old tokens at once", async () => {
    const first = await connect();
    const second = await json(await refresh(first["refresh_token"]));
    const dead = await refresh(first["refresh_token"]);
    expect([dead.status, await json(dead)]).toEqual([400, { reason: "Invalid Token!", error: "invalid_grant" }]);
    expect((await refresh(second["refresh_token"])).status).toBe(200);
  });

  it("a refresh token of Zoom lives for ninety days", async () => {
    const tokens = await connect();
    await sandbox.control("clock", { advanceMs: 90 * day });
    expect(await json(await refresh(tokens["refresh_token"]))).toMatchObject({ reason: "Invalid Token!" });
  });

  it("Zoom keeps one live grant per user: a second one kills the first", async () => {
    const first = await connect();
    const other = await connect({ person: "jonas" });
    await connect();
    expect((await me(first["access_token"])).status).toBe(401);
    expect((await refresh(first["refresh_token"])).status).toBe(400);
    expect((await me(other["access_token"])).status).toBe(200);
  });
});

describe("Zoom's /users/me", () => {
  it("Zoom's /users/me returns flat fields, one of them a secret of the user", async () => {
    const user = await json(await me((await connect())["access_token"]));
    expect(user).toMatchObject({
      id: "KDcuGIm1QgePTO8WbOqwIQ",
      account_id: "q6gBJVO5TzexKYTb_I2rpg",
      email: "priya.raman@brightpath-learning.example",
      display_name: "Priya Raman",
      host_key: "583921",
    });
  });

  it("Zoom's /users/me can have no e-mail address", async () => {
    await sandbox.control("set", { provider: "zoom", person: "priya", email: null });
    expect(await json(await me((await connect())["access_token"]))).not.toHaveProperty("email");
  });

  it("Zoom's /users/me answers a missing scope with 400 and code 4711", async () => {
    await sandbox.control("set", { provider: "zoom", grantedScopes: "" });
    const answer = await me((await connect())["access_token"]);
    expect([answer.status, await json(answer)]).toEqual([
      400,
      { code: 4711, message: "Invalid access token, does not contain scopes:[user:read:user, user:read:user:admin]." },
    ]);
  });

  it("Zoom's /users/me answers a bad token with 401 and code 124, also one in the query", async () => {
    const tokens = await connect();
    const query = await sandbox.get(`/api.zoom.us/v2/users/me?access_token=${String(tokens["access_token"])}`);
    expect([query.status, await json(query)]).toMatchObject([401, { code: 124 }]);
    expect(await json(await me("nonsense"))).toEqual({ code: 124, message: "Invalid access token." });
    await sandbox.control("clock", { advanceMs: hour });
    expect(await json(await me(tokens["access_token"]))).toEqual({ code: 124, message: "Access token is expired." });
  });
});

describe("a region of Zoom", () => {
  it("a region of Zoom has an API host of its own, which comes with the tokens", async () => {
    await sandbox.control("set", { provider: "zoom", region: "eu" });
    const tokens = await connect();
    expect(tokens["api_url"]).toBe("https://api-eu.zoom.us");
    for (const host of ["api-eu.zoom.us", "api.zoom.us"])
      expect((await sandbox.get(`/${host}/v2/users/me`, bearerAuth(tokens["access_token"]))).status).toBe(200);
    expect((await sandbox.post("/_/set", { provider: "zoom", region: "mars" })).status).toBe(400);
  });
});

const revoke = (value: unknown) => sandbox.form("/zoom.us/oauth/revoke", { token: String(value) }, auth);

describe("Zoom's revoke endpoint", () => {
  it("Zoom's revoke endpoint ends access and refresh by the access token", async () => {
    const tokens = await connect();
    const answer = await revoke(tokens["access_token"]);
    expect([answer.status, await json(answer)]).toEqual([200, { status: "success" }]);
    expect((await me(tokens["access_token"])).status).toBe(401);
    expect((await refresh(tokens["refresh_token"])).status).toBe(400);
  });

  it("Zoom's revoke endpoint refuses a refresh token or an expired access token", async () => {
    const tokens = await connect();
    expect((await revoke(tokens["refresh_token"])).status).toBe(400);
    await sandbox.control("clock", { advanceMs: hour });
    expect((await revoke(tokens["access_token"])).status).toBe(400);
  });
});
