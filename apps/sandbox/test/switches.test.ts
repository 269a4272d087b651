import { gunzipSync } from "node:zlib";
import { type IncomingMessage, request } from "node:http";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { basicAuth, bench, json, type Json, type Minted } from "./harness.ts";
import { listen } from "./webhooks/listener.ts";

const sandbox = bench();
const app = listen();

async function minted(provider: string): Promise<Minted> {
  const [one] = (await sandbox.control("mint", { provider, count: 1 })) as unknown as Minted[];
  if (one === undefined) throw new Error("nobody was minted");
  return one;
}

const tokenPaths: Readonly<Record<string, string>> = {
  calendly: "/auth.calendly.com/oauth/token",
  paypal: "/api-m.sandbox.paypal.com/v1/oauth2/token",
  shopify: "/:shop/admin/oauth/access_token",
  stripe: "/connect.stripe.com/oauth/token",
  zoom: "/zoom.us/oauth/token",
};

async function refreshOf(provider: string): Promise<{ path: string; headers: Record<string, string>; body: string }> {
  const { refreshToken, shop } = await minted(provider);
  const apps = (await sandbox.read("apps")) as Record<string, { clientId: string; clientSecret: string }>;
  const { clientId = "", clientSecret = "" } = apps[provider] ?? {};
  const inBody = provider === "shopify" ? { client_id: clientId, client_secret: clientSecret } : {};
  const user = provider === "stripe" ? clientSecret : clientId;
  return {
    path: (tokenPaths[provider] ?? "").replace(":shop", shop),
    headers: {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
      ...(provider !== "shopify" && basicAuth(user, clientSecret)),
    },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken, ...inBody }).toString(),
  };
}
const refresh = async (provider: string): Promise<Response> => {
  const { path, ...rest } = await refreshOf(provider);
  return fetch(sandbox.url(path), { method: "POST", ...rest });
};

/** The bytes as they come: fetch would unpack them and drop the mark. */
async function rawRefresh(provider: string): Promise<{ encoding: string | undefined; body: Buffer }> {
  const { path, headers, body } = await refreshOf(provider);
  const sent = request(sandbox.url(path), { method: "POST", headers }).end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { encoding: response.headers["content-encoding"], body: await buffer(response) };
}

describe.each(Object.keys(tokenPaths))("%s can be made to", (provider) => {
  const set = (fields: Json) => sandbox.control("set", { provider, ...fields });

  it("answer tokens beside which something is odd", async () => {
    const odd = { scope: ["a", "b"], token_type: "Bearer ", expires_in: "soon", extra: { deep: 1 } };
    await set({ token: odd });
    expect(await json(await refresh(provider))).toMatchObject({ access_token: expect.any(String), ...odd });
  });

  it("answer tokens with status 201", async () => {
    await set({ tokenStatus: 201 });
    const answer = await refresh(provider);
    expect([answer.status, await json(answer)]).toMatchObject([201, { access_token: expect.any(String) }]);
    const { totals } = (await sandbox.read("refreshes")) as { totals: Record<string, Json> };
    expect(totals[provider]).toMatchObject({ rotated: 1, refused: 0 });
  });

  it("say null, in answers and in events", async () => {
    await set({ nulls: ["scope", "type", "event", "shop_id", "event_type"] });
    expect(await json(await refresh(provider))).toMatchObject({ access_token: expect.any(String), scope: null });
    const event = provider === "shopify" ? "shop/redact" : "thing.happened";
    await sandbox.control("emit", { provider, event, to: app.url });
    const heard = JSON.parse(app.heard[0]?.body ?? "{}") as Json;
    expect(Object.values(heard)).toContain(null);
  });

  it("begin with a byte order mark", async () => {
    await set({ byteOrderMark: true });
    const { body } = await rawRefresh(provider);
    expect([...body.subarray(0, 4)]).toEqual([0xef, 0xbb, 0xbf, 0x7b]);
  });

  it("pack answers, or name an encoding that is none", async () => {
    await set({ encoding: "gzip" });
    const packed = await rawRefresh(provider);
    expect(packed.encoding).toBe("gzip");
    expect(JSON.parse(gunzipSync(packed.body).toString())).toHaveProperty("access_token");
    await set({ encoding: "utf-8" });
    const plain = await rawRefresh(provider);
    expect(plain.encoding).toBe("utf-8");
    expect(JSON.parse(plain.body.toString())).toHaveProperty("access_token");
  });

  it("cut its answer after the headers or amid the body, when the work is done", async () => {
    for (const drop of ["headers", "body"]) {
      const { path, ...rest } = await refreshOf(provider);
      await sandbox.control("fail", { host: path.split("/")[1], drop });
      const answer = await fetch(sandbox.url(path), { method: "POST", ...rest });
      expect(answer.status).toBe(200);
      await expect(answer.text()).rejects.toThrow("terminated");
    }
    const { totals } = (await sandbox.read("refreshes")) as { totals: Record<string, Json> };
    expect(totals[provider]).toMatchObject({ sent: 2, rotated: 2, lost: 2 });
  });
});

describe("the wire switches", () => {
  it("leave pages alone, and end with a reset", async () => {
    await sandbox.control("set", { provider: "calendly", byteOrderMark: true, encoding: "utf-8" });
    const page = await sandbox.get("/auth.calendly.com/oauth/authorize");
    expect(page.headers.get("content-encoding")).toBeNull();
    await sandbox.control("reset");
    expect((await rawRefresh("calendly")).encoding).toBeUndefined();
  });

  it("can be had for one answer alone", async () => {
    await sandbox.control("fail", { host: "zoom.us", byteOrderMark: true, encoding: "utf-8" });
    const { encoding, body } = await rawRefresh("zoom");
    expect([encoding, body[0]]).toEqual(["utf-8", 0xef]);
    expect((await rawRefresh("zoom")).encoding).toBeUndefined();
  });

  it("are refused where they are not understood", async () => {
    for (const wrong of [{ nulls: "scope" }, { byteOrderMark: 1 }, { encoding: "br" }, { tokenStatus: 404 }])
      expect((await sandbox.post("/_/set", { provider: "zoom", ...wrong })).status).toBe(400);
  });
});
