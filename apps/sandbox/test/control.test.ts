import { once } from "node:events";
import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { createSandbox } from "../src/index.ts";
import { appOrigin, basicAuth, bearerAuth, bench, json, parameter, withQuery } from "./harness.ts";

const sandbox = bench();
const token = "/zoom.us/oauth/token";
const auth = basicAuth("sandbox-zoom", "Zx7mQw2LrT9vKc4HnB6yPd1GsJ8fUa3E");
const redirect_uri = `${appOrigin}/api/v1/channels/zoom/callback`;
const asked = { client_id: "sandbox-zoom", response_type: "code", redirect_uri };

const codeFor = async (person = "priya") =>
  parameter(await sandbox.consent("/zoom.us/oauth/authorize", { ...asked, person, decision: "allow" }), "code");
const redeem = (code: string) => sandbox.form(token, { grant_type: "authorization_code", code, redirect_uri }, auth);
const me = (value: unknown) => sandbox.get("/api.zoom.us/v2/users/me", bearerAuth(value));

/** A request with a Host header of our choice, which fetch does not allow. */
async function statusFor(host: string): Promise<number | undefined> {
  const sent = request(sandbox.url("/_/people"), { headers: { host } }).end();
  const [response] = (await once(sent, "response")) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

describe("the control API", () => {
  it("the sandbox answers to 127.0.0.1 and localhost only", async () => {
    expect(await statusFor("localhost:4000")).toBe(200);
    expect(await statusFor("127.0.0.1")).toBe(200);
    for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:4000", "[::1]"])
      expect(await statusFor(host)).toBe(421);
  });

  it("the control API refuses foreign origins", async () => {
    for (const origin of ["http://localhost:3000", "https://evil.example", "null"]) {
      expect((await sandbox.post("/_/reset", {}, { origin })).status).toBe(403);
      expect((await sandbox.get("/_/apps", { origin })).status).toBe(403);
    }
    expect((await sandbox.post("/_/reset", {}, { origin: sandbox.origin })).status).toBe(200);
  });

  it("the control API refuses a POST that is not JSON", async () => {
    expect((await sandbox.form("/_/reset", {})).status).toBe(415);
    expect((await fetch(sandbox.url("/_/reset"), { method: "POST" })).status).toBe(415);
    const bare = await fetch(sandbox.url("/_/reset"), {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    expect(bare.status).toBe(200);
    expect((await fetch(sandbox.url("/_/reset"), { method: "POST", body: "{}" })).status).toBe(415);
  });

  it("the control API explains a body that it does not understand", async () => {
    const answer = await sandbox.post("/_/fail", { host: "zoom.us", statsu: 500 });
    expect(answer.status).toBe(400);
    expect((await json(answer))["message"]).toContain("statsu");
    expect((await sandbox.post("/_/set", { provider: "zoom", person: "nobody" })).status).toBe(400);
    expect((await sandbox.post("/_/unknown", {})).status).toBe(404);
    expect((await sandbox.get("/_/grants?provider=nobody")).status).toBe(400);
  });
});

describe("people and apps", () => {
  it("the control API lists at least two people for each provider", async () => {
    const people = (await sandbox.read("people")) as Record<string, { person: string }[]>;
    expect(Object.keys(people)).toEqual(["calendly", "paypal", "shopify", "stripe", "zoom"]);
    for (const list of Object.values(people)) expect(list.length).toBeGreaterThanOrEqual(2);
    expect(people["shopify"]).toMatchObject([
      { person: "nora", shop: "acme-goods.myshopify.com" },
      { person: "omar", shop: "k3v9ab-x1.myshopify.com", typed: "acme-outlet" },
    ]);
  });

  it("every app has the word sandbox in its client id, and a redirect URI for each origin", async () => {
    const apps = (await sandbox.read("apps")) as Record<string, { clientId: string; redirectUris: string[] }>;
    for (const { clientId } of Object.values(apps)) expect(clientId).toContain("sandbox");
    expect(apps["paypal"]?.redirectUris).toEqual([
      "http://localhost:3000/api/v1/channels/paypal/connect",
      "http://localhost:3000/integrations",
      "http://127.0.0.1:3000/api/v1/channels/paypal/connect",
      "http://127.0.0.1:3000/integrations",
    ]);
    expect(apps).toMatchObject({ stripe: { clientSecret: expect.stringMatching(/^sk_test_sandbox/) } });
  });
});

describe("mend", () => {
  it("mend cancels the failures of one host alone", async () => {
    await sandbox.control("fail", { host: "zoom.us", status: 500, times: 3 });
    await sandbox.control("fail", { host: "api.zoom.us", status: 500 });
    expect(await sandbox.control("mend", { host: "zoom.us" })).toMatchObject({ pending: [{ host: "api.zoom.us" }] });
    expect((await redeem(await codeFor())).status).toBe(200);
    expect((await me("none")).status).toBe(500);
  });
});

describe("fail", () => {
  it("fail answers the ordered number of requests to a host and path, then none", async () => {
    await sandbox.control("fail", {
      host: "zoom.us",
      path: "/oauth/token",
      times: 2,
      status: 503,
      body: { busy: true },
    });
    expect((await me("x")).status).toBe(401);
    for (let round = 0; round < 2; round += 1) {
      const answer = await redeem("none");
      expect([answer.status, await json(answer)]).toEqual([503, { busy: true }]);
    }
    expect((await redeem("none")).status).toBe(400);
  });

  it("fail sends text unchanged, with the ordered headers", async () => {
    await sandbox.control("fail", {
      host: "zoom.us",
      method: "POST",
      status: 502,
      body: "<h1>Bad gateway</h1>",
      headers: { "Retry-After": "7" },
    });
    const page = await redeem("none");
    expect(page.headers.get("content-type")).toBe("text/html");
    expect(page.headers.get("retry-after")).toBe("7");
    expect(await page.text()).toBe("<h1>Bad gateway</h1>");
    await sandbox.control("fail", { host: "zoom.us", body: "not json at all" });
    const text = await redeem("none");
    expect([text.status, text.headers.get("content-type")]).toEqual([200, "application/json"]);
  });

  it("fail closes the connection before the provider works", async () => {
    const code = await codeFor();
    await sandbox.control("fail", { host: "zoom.us", path: "/oauth/token", drop: true });
    await expect(redeem(code)).rejects.toThrow("fetch failed");
    expect((await redeem(code)).status).toBe(200);
  });

  it("fail closes the connection after the provider worked", async () => {
    const code = await codeFor();
    await sandbox.control("fail", { host: "zoom.us", path: "/oauth/token", drop: "after" });
    await expect(redeem(code)).rejects.toThrow("fetch failed");
    expect((await redeem(code)).status).toBe(400);
    expect(await sandbox.read("calls")).toMatchObject({ codes: { [code]: { provider: "zoom", exchanged: 2 } } });
  });

  it("fail delays a response, or sends it byte by byte", async () => {
    const started = Date.now();
    await sandbox.control("fail", { host: "zoom.us", delayMs: 120 });
    expect((await redeem("none")).status).toBe(400);
    expect(Date.now() - started).toBeGreaterThanOrEqual(110);
    await sandbox.control("fail", { host: "zoom.us", trickleMs: 10, body: "0123456789" });
    const answer = await redeem("none");
    const headersAt = Date.now();
    expect(await answer.text()).toBe("0123456789");
    expect(Date.now() - headersAt).toBeGreaterThanOrEqual(50);
  });

  it("fail compresses a response that nobody asked to compress", async () => {
    const code = await codeFor();
    await sandbox.control("fail", { host: "zoom.us", path: "/oauth/token", encoding: "gzip" });
    const answer = await redeem(code);
    expect([answer.status, answer.headers.get("content-encoding")]).toEqual([200, "gzip"]);
    expect(await json(answer)).toMatchObject({ token_type: "bearer" });
    expect((await redeem(code)).status).toBe(400);
  });

  it("fail sends a body of a given size", async () => {
    await sandbox.control("fail", { host: "zoom.us", bytes: 3_000_000 });
    expect((await (await redeem("none")).arrayBuffer()).byteLength).toBe(3_000_000);
  });
});

describe("calls", () => {
  it("calls counts every use of a code and a refresh token, and hides the client's secret", async () => {
    const code = await codeFor();
    const tokens = await json(await redeem(code));
    await redeem(code);
    const refresh = { grant_type: "refresh_token", refresh_token: String(tokens["refresh_token"]) };
    const inBody = { ...refresh, client_id: "sandbox-zoom", client_secret: "Zx7mQw2LrT9vKc4HnB6yPd1GsJ8fUa3E" };
    await sandbox.form(token, inBody);
    await sandbox.form("/zoom.us/oauth/revoke", { token: "x" }, auth);
    const report = await sandbox.read("calls");
    expect(report).toMatchObject({
      codes: { [code]: { provider: "zoom", exchanged: 2 } },
      refreshTokens: { [refresh.refresh_token]: 1 },
      summary: {
        zoom: {
          tokenRequests: 3,
          codeExchanges: 2,
          refreshes: 1,
          maxUsesOfOneCode: 2,
          maxUsesOfOneRefreshToken: 1,
          revocations: 1,
        },
        stripe: { tokenRequests: 0 },
      },
    });
    expect(report["calls"]).toMatchObject([
      { method: "POST", host: "zoom.us", path: "/oauth/authorize", status: 302, provider: "zoom" },
      { path: "/oauth/token", status: 200, form: { grant_type: "authorization_code", code } },
      { status: 400 },
      { status: 200, form: { client_id: "sandbox-zoom" } },
      { path: "/oauth/revoke", status: 400 },
    ]);
    expect(JSON.stringify(report)).not.toContain("Zx7mQw2LrT9vKc4HnB6yPd1GsJ8fUa3E");
  });

  it("calls shows which requests failed by order, and which lost their connection", async () => {
    await sandbox.control("fail", { host: "zoom.us", drop: "before" });
    await expect(redeem("none")).rejects.toThrow("fetch failed");
    expect((await sandbox.read("calls"))["calls"]).toMatchObject([{ status: 0, failed: true }]);
  });
});

const liveGrants = async () => (await sandbox.read("grants?provider=zoom")) as unknown as object[];

describe("grants", () => {
  it("grants lists a grant while it has a usable token", async () => {
    const code = await codeFor();
    expect(await liveGrants()).toEqual([]);
    const tokens = await json(await redeem(code));
    expect(await liveGrants()).toMatchObject([
      {
        provider: "zoom",
        person: "priya",
        clientId: "sandbox-zoom",
        scopes: ["user:read:user"],
        live: true,
        accessTokens: 1,
        refreshTokens: 1,
      },
    ]);
    await sandbox.form("/zoom.us/oauth/revoke", { token: String(tokens["access_token"]) }, auth);
    expect(await liveGrants()).toEqual([]);
  });
});

describe("set, clock and reset", () => {
  it("set changes a person, whose name is escaped on the page", async () => {
    const name = '<img src=x onerror="alert(1)">';
    await sandbox.control("set", { provider: "zoom", person: "priya", name });
    const page = await sandbox.get(withQuery("/zoom.us/oauth/authorize", asked));
    const text = await page.text();
    expect(text).not.toContain("<img");
    expect(text).toContain("&lt;img src=x");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const tokens = await json(await redeem(await codeFor()));
    expect((await json(await me(tokens["access_token"])))["display_name"]).toBe(name);
  });

  it("set patches the identity, the tokens and the redirect to the app", async () => {
    await sandbox.control("set", { provider: "zoom", person: "priya", answer: { id: null, extra: { deep: 1 } } });
    await sandbox.control("set", {
      provider: "zoom",
      token: { refresh_token: null, expires_in: "3599" },
      returns: { state: "other" },
    });
    const back = await sandbox.consent("/zoom.us/oauth/authorize", {
      ...asked,
      state: "mine",
      person: "priya",
      decision: "allow",
    });
    expect(parameter(back, "state")).toBe("other");
    const tokens = await json(await redeem(parameter(back, "code")));
    expect(tokens).not.toHaveProperty("refresh_token");
    expect(tokens["expires_in"]).toBe("3599");
    const user = await json(await me(tokens["access_token"]));
    expect(user).not.toHaveProperty("id");
    expect(user["extra"]).toEqual({ deep: 1 });
  });

  it("reset undoes all settings, grants, calls and failures", async () => {
    await sandbox.control("set", { provider: "zoom", person: "priya", name: "Somebody Else" });
    await sandbox.control("clock", { set: "2030-01-01T00:00:00Z" });
    const tokens = await json(await redeem(await codeFor("jonas")));
    expect((await me(tokens["access_token"])).status).toBe(200);
    await sandbox.control("fail", { host: "api.zoom.us", status: 500 });
    await sandbox.control("reset");
    expect((await me(tokens["access_token"])).status).toBe(401);
    const { calls } = (await sandbox.read("calls")) as { calls: { at: string }[] };
    expect(calls).toHaveLength(1);
    expect(calls[0]?.at.slice(0, 4)).not.toBe("2030");
    expect(JSON.stringify(await sandbox.read("people"))).toContain("Priya Raman");
  });
});

describe("the rest of the world", () => {
  it("an unknown path is refused by each provider in its own way", async () => {
    const statuses = await Promise.all(
      [
        "/api.calendly.com/x",
        "/www.paypal.com/x",
        "/api-m.paypal.com/x",
        "/api.stripe.com/v2/x",
        "/zoom.us/x",
        "/example.com/x",
        "/x",
      ].map(async (path) => (await sandbox.get(path)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([404]));
    expect(await json(await sandbox.get("/api.zoom.us/v2/rooms"))).toMatchObject({ code: 2300 });
  });

  it("the front page has everybody on it", async () => {
    const page = await (await sandbox.get("/")).text();
    for (const text of ["Ada Okafor", "Shopify", "/_/people", "POST /_/fail"]) expect(page).toContain(text);
  });

  it("the sandbox refuses a port that is taken", async () => {
    const port = Number(new URL(sandbox.origin).port);
    await expect(createSandbox({ port, appOrigins: [appOrigin] })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
