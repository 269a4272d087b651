import { describe, expect, it, vi } from "vitest";
import { bearerAuth, bench, json, mintOne, type Json } from "./harness.ts";
import { buildRefresh } from "./refresh-request.ts";

const sandbox = bench();

interface Report {
  totals: Record<string, Record<string, number>>;
  resends: Json[];
}
const somebody = (provider: string) => mintOne(sandbox, provider);
async function refresh(provider: string, refreshToken: unknown, shop = ""): Promise<Response> {
  const { path, ...request } = await buildRefresh(sandbox, provider, { refreshToken: String(refreshToken), shop });
  return fetch(sandbox.url(path), { method: "POST", ...request });
}
const report = async () => (await sandbox.read("refreshes")) as unknown as Report;

describe("the log of refreshes", () => {
  it("the log of refreshes counts what was sent, and finds nothing wrong with a token that was sent once", async () => {
    const { refreshToken } = await somebody("zoom");
    const next = await json(await refresh("zoom", refreshToken));
    await refresh("zoom", next["refresh_token"]);
    await refresh("zoom", "nobody's");
    const { totals, resends } = await report();
    expect(totals["zoom"]).toEqual({
      sent: 3,
      rotated: 2,
      refused: 1,
      failed: 0,
      lost: 0,
      resent: 0,
      overlapping: 0,
      afterSuccessor: 0,
    });
    expect(resends).toEqual([]);
  });

  it("the log of refreshes tells of a token that was sent again, when, and what came of it", async () => {
    const { person, refreshToken } = await somebody("calendly");
    const next = (await json(await refresh("calendly", refreshToken)))["refresh_token"];
    await sandbox.control("fail", { host: "auth.calendly.com", drop: "after" });
    await expect(refresh("calendly", next)).rejects.toThrow("fetch failed");
    await refresh("calendly", next);
    const { totals, resends } = await report();
    expect(totals["calendly"]).toMatchObject({ sent: 3, rotated: 2, lost: 1, refused: 1, resent: 1, overlapping: 0 });
    expect(resends).toEqual([
      {
        provider: "calendly",
        person,
        generation: 1,
        sentAt: [expect.any(Number), expect.any(Number)],
        outcomes: ["lost", "refused"],
      },
    ]);
  });

  it("the log of refreshes sees a second refresh while the first is still being answered", async () => {
    const { refreshToken } = await somebody("zoom");
    await sandbox.control("fail", { host: "zoom.us", delayMs: 1_000 });
    const first = refresh("zoom", refreshToken);
    await vi.waitFor(async () => expect((await report()).totals["zoom"]).toMatchObject({ sent: 1 }));
    await refresh("zoom", refreshToken);
    await first;
    expect((await report()).totals["zoom"]).toMatchObject({
      sent: 2,
      rotated: 1,
      refused: 1,
      resent: 1,
      overlapping: 1,
    });
  });

  it("the log of refreshes sees a token that comes after what replaced it was used", async () => {
    const { shop, refreshToken } = await somebody("shopify");
    const next = await json(await refresh("shopify", refreshToken, shop));
    await refresh("shopify", refreshToken, shop);
    expect((await report()).totals["shopify"]).toMatchObject({ rotated: 2, resent: 1, afterSuccessor: 0 });
    const headers = { "x-shopify-access-token": String(next["access_token"]) };
    await sandbox.post(`/${shop}/admin/api/2026-10/graphql.json`, { query: "{ shop { id } }" }, headers);
    await refresh("shopify", refreshToken, shop);
    expect((await report()).totals["shopify"]).toMatchObject({ resent: 2, afterSuccessor: 1 });
    const zoom = await somebody("zoom");
    const { refresh_token } = await json(await refresh("zoom", zoom.refreshToken));
    await refresh("zoom", refresh_token);
    await refresh("zoom", zoom.refreshToken);
    expect((await report()).totals["zoom"]).toMatchObject({ resent: 1, afterSuccessor: 1 });
  });

  it("the log of refreshes finds nothing wrong if a refresh token stays, unless an answer was lost", async () => {
    const { refreshToken } = await somebody("paypal");
    for (let round = 0; round < 3; round += 1) await refresh("paypal", refreshToken);
    expect((await report()).totals["paypal"]).toMatchObject({ sent: 3, rotated: 3, resent: 0 });
    await sandbox.control("fail", { host: "api-m.sandbox.paypal.com", status: 503 });
    await refresh("paypal", refreshToken);
    await refresh("paypal", refreshToken);
    expect((await report()).totals["paypal"]).toMatchObject({ failed: 1, resent: 1 });
  });
});

describe("fail", () => {
  it("fail can mean one refresh token, or one person, and let all others through", async () => {
    const [one, two] = [await somebody("zoom"), await somebody("zoom")];
    await sandbox.control("fail", { host: "zoom.us", form: { refresh_token: one.refreshToken }, status: 503 });
    expect((await refresh("zoom", two.refreshToken)).status).toBe(200);
    expect((await refresh("zoom", one.refreshToken)).status).toBe(503);
    expect((await refresh("zoom", one.refreshToken)).status).toBe(200);
    await sandbox.control("fail", { host: "api.zoom.us", person: two.person, status: 500 });
    const me = (token: unknown) => sandbox.get("/api.zoom.us/v2/users/me", bearerAuth(token));
    expect((await me(one.accessToken)).status).not.toBe(500);
    expect((await me(two.accessToken)).status).toBe(500);
  });
});

describe("the lifetime of tokens", () => {
  it.each(["calendly", "paypal", "zoom"])("the lifetime of tokens can be shortened for %s", async (provider) => {
    await sandbox.control("set", { provider, accessTokenSeconds: 2, refreshTokenSeconds: 60 });
    const { refreshToken } = await somebody(provider);
    const tokens = await json(await refresh(provider, refreshToken));
    expect(Number(tokens["expires_in"])).toBe(2);
    await sandbox.control("clock", { advanceMs: 3000 });
    const live = async () => (await sandbox.read(`grants?provider=${provider}`)) as unknown as object[];
    expect(await live()).toMatchObject([{ accessTokens: 0, refreshTokens: 1 }]);
    await sandbox.control("clock", { advanceMs: 60_000 });
    expect(await live()).toEqual([]);
  });

  it("the lifetime of both tokens can be shortened for Shopify, whose answer says both", async () => {
    await sandbox.control("set", { provider: "shopify", accessTokenSeconds: 5, refreshTokenSeconds: 50 });
    const { shop, refreshToken } = await somebody("shopify");
    const tokens = await json(await refresh("shopify", refreshToken, shop));
    expect(tokens).toMatchObject({ expires_in: 5, refresh_token_expires_in: 50 });
  });
});

it("the lifetime of Calendly's refresh tokens counts in introspection", async () => {
  const { refreshToken } = await somebody("calendly");
  const { clientId: client_id = "", clientSecret: client_secret = "" } =
    ((await sandbox.read("apps")) as Record<string, { clientId: string; clientSecret: string }>)["calendly"] ?? {};
  const introspect = async (token: unknown) =>
    json(await sandbox.form("/auth.calendly.com/oauth/introspect", { client_id, client_secret, token: String(token) }));
  expect(await introspect(refreshToken)).toMatchObject({ active: true, client_id });
  const next = await json(await refresh("calendly", refreshToken));
  expect(await introspect(refreshToken)).toEqual({ active: false });
  expect(await introspect(next["refresh_token"])).toMatchObject({ active: true });
});
