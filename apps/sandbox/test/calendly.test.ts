import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { appOrigin, basicAuth, bearerAuth, bench, hour, json, minute, parameter, withQuery } from "./harness.ts";

const sandbox = bench();
const authorize = "/auth.calendly.com/oauth/authorize";
const token = "/auth.calendly.com/oauth/token";
const clientId = "sandbox-calendly";
const clientSecret = "cly_sec_W1qzP4mT8vXk3NfR7bYd2LsJ6hGc9EaU";
const redirect_uri = `${appOrigin}/api/v1/channels/calendly/callback`;
const verifier = "a-verifier-of-the-right-length-which-nobody-else-knows-0123456789";
const code_challenge = createHash("sha256").update(verifier).digest("base64url");
const asked = { client_id: clientId, response_type: "code", redirect_uri, scope: "users:read", state: "st-1" };
const challenged = { ...asked, code_challenge, code_challenge_method: "S256" };
const auth = basicAuth(clientId, clientSecret);

const consent = (fields: Record<string, string> = {}) =>
  sandbox.consent(authorize, { ...challenged, person: "ada", decision: "allow", ...fields });
const codeFor = async (fields: Record<string, string> = {}) => parameter(await consent(fields), "code");
const redeem = (code: string, fields: Record<string, string> = {}) =>
  sandbox.form(
    token,
    { grant_type: "authorization_code", code, redirect_uri, code_verifier: verifier, ...fields },
    auth,
  );
const refresh = (refresh_token: unknown) =>
  sandbox.form(token, { grant_type: "refresh_token", refresh_token: String(refresh_token) }, auth);
const connect = async (fields: Record<string, string> = {}) => json(await redeem(await codeFor(fields)));
const me = (accessToken: unknown) => sandbox.get("/api.calendly.com/users/me", bearerAuth(accessToken));

describe("Calendly's authorize endpoint", () => {
  it("Calendly's authorize endpoint shows a page that names the app and offers its people as radio buttons", async () => {
    const page = await (await sandbox.get(withQuery(authorize, challenged))).text();
    expect(page).toContain("Ada Okafor");
    expect(page).toContain('type="radio" name="person" value="ada"');
    expect(page).toContain('name="decision" value="allow"');
    expect(page).toContain(`name="code_challenge" value="${code_challenge}"`);
  });

  it("Calendly's authorize endpoint returns code and state", async () => {
    const back = await consent();
    expect(back.href.startsWith(`${redirect_uri}?code=`)).toBe(true);
    expect([...back.searchParams.keys()]).toEqual(["code", "state"]);
    expect(parameter(back, "state")).toBe("st-1");
  });

  it("Calendly's authorize endpoint returns a denial with its description and the state", async () => {
    const back = await consent({ decision: "deny" });
    expect([...back.searchParams.keys()]).toEqual(["error", "error_description", "state"]);
    expect(parameter(back, "error")).toBe("access_denied");
  });

  it("Calendly's authorize endpoint names the issuer in a return and in a denial, if a switch says which", async () => {
    await sandbox.control("set", { provider: "calendly", iss: "https://calendly.com" });
    expect(parameter(await consent(), "iss")).toBe("https://calendly.com");
    expect(parameter(await consent({ decision: "deny" }), "iss")).toBe("https://calendly.com");
  });

  it.each([
    ["an unknown client", { client_id: "somebody" }],
    ["a redirect URI of another origin", { redirect_uri: "https://evil.example/" }],
    ["a redirect URI with a trailing slash", { redirect_uri: `${redirect_uri}/` }],
  ])("Calendly's authorize endpoint shows a page for %s and does not redirect", async (_what, wrong) => {
    const answer = await sandbox.get(withQuery(authorize, { ...asked, ...wrong }));
    expect([400, 401]).toContain(answer.status);
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.headers.get("content-type")).toContain("text/html");
  });

  it.each([
    ["invalid_scope", { scope: "users:read organizations:write" }],
    ["unsupported_response_type", { response_type: "token" }],
    ["invalid_code_challenge_method", { code_challenge_method: "plain" }],
  ])("Calendly's authorize endpoint redirects with %s", async (error, wrong) => {
    expect(parameter(await consent(wrong), "error")).toBe(error);
  });
});

describe("Calendly's token endpoint", () => {
  it("Calendly's token endpoint gives the documented fields and the identity they belong to", async () => {
    const tokens = await connect();
    expect(Object.keys(tokens)).toEqual([
      "token_type",
      "access_token",
      "refresh_token",
      "scope",
      "created_at",
      "expires_in",
      "owner",
      "organization",
    ]);
    expect(tokens).toMatchObject({ token_type: "Bearer", scope: "users:read", expires_in: 7200 });
    const { resource } = (await json(await me(tokens["access_token"]))) as { resource: Record<string, unknown> };
    expect(resource).toMatchObject({
      uri: tokens["owner"],
      email: "ada.okafor@lumen-studio.example",
      name: "Ada Okafor",
    });
    expect(resource["current_organization"]).toBe(tokens["organization"]);
  });

  it("Calendly's token endpoint takes client credentials in the body, as a form and as JSON", async () => {
    const fields = {
      grant_type: "authorization_code",
      redirect_uri,
      code_verifier: verifier,
      client_id: clientId,
      client_secret: clientSecret,
    };
    expect((await sandbox.form(token, { ...fields, code: await codeFor() })).status).toBe(200);
    expect((await sandbox.post(token, { ...fields, code: await codeFor() })).status).toBe(200);
  });

  it("Calendly's token endpoint refuses a wrong secret with 401 invalid_client and a challenge", async () => {
    const fields = { grant_type: "authorization_code", code: await codeFor(), redirect_uri };
    const answer = await sandbox.form(token, fields, basicAuth(clientId, "wrong"));
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toContain("invalid_client");
    expect(await json(answer)).toMatchObject({ error: "invalid_client" });
  });

  it("Calendly redeems a code once, and the second try leaves the first tokens alone", async () => {
    const code = await codeFor();
    const tokens = await json(await redeem(code));
    const again = await redeem(code);
    expect(again.status).toBe(400);
    expect(await json(again)).toMatchObject({ error: "invalid_grant" });
    expect((await me(tokens["access_token"])).status).toBe(200);
  });

  it.each([
    ["a wrong verifier", { code_verifier: "another-verifier" }],
    ["another redirect URI", { redirect_uri: "http://127.0.0.1:3000/api/v1/channels/calendly/callback" }],
  ])("Calendly's token endpoint refuses %s, after which the right one still works", async (_what, wrong) => {
    const code = await codeFor();
    expect(await json(await redeem(code, wrong))).toMatchObject({ error: "invalid_grant" });
    expect((await redeem(code)).status).toBe(200);
  });

  it("Calendly's token endpoint refuses a missing verifier, and one that was never asked for", async () => {
    const fields = { grant_type: "authorization_code", redirect_uri };
    expect(await json(await sandbox.form(token, { ...fields, code: await codeFor() }, auth))).toMatchObject({
      error: "invalid_grant",
    });
    const unchallenged = parameter(
      await sandbox.consent(authorize, { ...asked, person: "ada", decision: "allow" }),
      "code",
    );
    expect(await json(await redeem(unchallenged))).toMatchObject({ error: "invalid_grant" });
  });

  it("Calendly's token endpoint refuses a code after ten minutes", async () => {
    const code = await codeFor();
    await sandbox.control("clock", { advanceMs: 10 * minute });
    expect(await json(await redeem(code))).toMatchObject({ error: "invalid_grant" });
  });

  it.each([
    [{}, "invalid_request"],
    [{ grant_type: "password" }, "unsupported_grant_type"],
    [{ grant_type: "authorization_code" }, "invalid_request"],
  ])("Calendly's token endpoint answers %o with %s", async (fields, error) => {
    expect(await json(await sandbox.form(token, fields, auth))).toMatchObject({ error });
  });

  it("a refresh at Calendly ends the old pair at once", async () => {
    const first = await connect();
    const second = await json(await refresh(first["refresh_token"]));
    expect(second["refresh_token"]).not.toBe(first["refresh_token"]);
    expect(await json(await refresh(first["refresh_token"]))).toMatchObject({ error: "invalid_grant" });
    expect(await json(await me(first["access_token"]))).toEqual({
      title: "Unauthenticated",
      message: "The access token was revoked",
    });
    expect((await me(second["access_token"])).status).toBe(200);
  });

  it("of two refreshes at Calendly, one wins", async () => {
    const tokens = await connect();
    const answers = await Promise.all([refresh(tokens["refresh_token"]), refresh(tokens["refresh_token"])]);
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 400]));
  });

  it("Calendly limits nothing unless the switch is on, then eight tokens per user and minute", async () => {
    const many = () => Promise.all(Array.from({ length: 9 }, async () => (await redeem(await codeFor())).status));
    expect(await many()).not.toContain(429);
    await sandbox.control("reset");
    await sandbox.control("set", { provider: "calendly", tokenRateLimit: true });
    expect((await many()).filter((status) => status === 429)).toHaveLength(1);
    expect((await redeem(await codeFor({ person: "tomas" }))).status).toBe(200);
    await sandbox.control("clock", { advanceMs: minute });
    expect((await redeem(await codeFor())).status).toBe(200);
  });
});

describe("Calendly's /users/me", () => {
  it("Calendly's /users/me tells an invalid token from an expired one", async () => {
    const tokens = await connect();
    expect(await json(await me("nonsense"))).toMatchObject({ message: "The access token is invalid" });
    await sandbox.control("clock", { advanceMs: 2 * hour });
    const answer = await me(tokens["access_token"]);
    expect(answer.status).toBe(401);
    expect(await json(answer)).toMatchObject({ message: "The access token expired" });
  });

  it("Calendly's /users/me names the scope that is missing", async () => {
    const tokens = await connect({ scope: "event_types:read" });
    const answer = await me(tokens["access_token"]);
    expect(answer.status).toBe(403);
    expect(await json(answer)).toMatchObject({ title: "Insufficient scope", required_scopes: ["users:read"] });
  });
});

const body = { client_id: clientId, client_secret: clientSecret };
const introspect = (value: unknown) =>
  sandbox.form("/auth.calendly.com/oauth/introspect", { ...body, token: String(value) });

describe("Calendly's revoke and introspect endpoints", () => {
  it("Calendly revokes the pair by either of its tokens, and does not mind an unknown one", async () => {
    for (const kind of ["access_token", "refresh_token"]) {
      const tokens = await connect();
      const answer = await sandbox.form("/auth.calendly.com/oauth/revoke", { ...body, token: String(tokens[kind]) });
      expect([answer.status, await json(answer)]).toEqual([200, {}]);
      expect((await me(tokens["access_token"])).status).toBe(401);
      expect((await refresh(tokens["refresh_token"])).status).toBe(400);
    }
    expect((await sandbox.form("/auth.calendly.com/oauth/revoke", { ...body, token: "unknown" })).status).toBe(200);
  });

  it("Calendly's revoke and introspect endpoints want the credentials in the body", async () => {
    const missing = await sandbox.form("/auth.calendly.com/oauth/revoke", { token: "x" }, auth);
    expect([missing.status, await json(missing)]).toMatchObject([400, { error: "invalid_request" }]);
    const wrong = await sandbox.form("/auth.calendly.com/oauth/revoke", { ...body, client_secret: "no", token: "x" });
    expect([wrong.status, await json(wrong)]).toEqual([
      403,
      { error: "unauthorized_client", error_description: "You are not authorized to revoke this token" },
    ]);
  });

  it("Calendly introspects a live token and says no more than false of a dead one", async () => {
    const tokens = await connect();
    expect(await json(await introspect(tokens["access_token"]))).toMatchObject({
      active: true,
      owner: tokens["owner"],
    });
    await refresh(tokens["refresh_token"]);
    expect(await json(await introspect(tokens["access_token"]))).toEqual({ active: false });
  });

  it("Calendly introspects a refresh token by itself, or by the access token of its pair", async () => {
    const { access_token, refresh_token } = await connect();
    await sandbox.control("clock", { advanceMs: 2 * hour });
    expect(await json(await introspect(refresh_token))).toMatchObject({ active: true });
    await sandbox.control("set", { provider: "calendly", introspection: "access_token" });
    expect(await json(await introspect(refresh_token))).toEqual({ active: false });
    expect((await refresh(refresh_token)).status).toBe(200);
    const next = await connect();
    const { exp } = await json(await introspect(next["access_token"]));
    expect(await json(await introspect(next["refresh_token"]))).toMatchObject({ active: true, exp });
    expect(await json(await introspect(access_token))).toEqual({ active: false });
  });
});
