import { gunzipSync } from "node:zlib";
import { type IncomingMessage, request } from "node:http";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { bench, json, mintOne, type Json } from "./harness.ts";
import { buildRefresh, refreshingProviders } from "./refresh-request.ts";
import { listen } from "./webhooks/listener.ts";

const sandbox = bench();
const app = listen();

const refreshOf = async (provider: string) => buildRefresh(sandbox, provider, await mintOne(sandbox, provider));
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

describe.each(refreshingProviders)("%s", (provider) => {
  const set = (fields: Json) => sandbox.control("set", { provider, ...fields });

  it("a token answer can be made to have odd fields beside the tokens", async () => {
    const odd = { scope: ["a", "b"], token_type: "Bearer ", expires_in: "soon", extra: { deep: 1 } };
    await set({ token: odd });
    expect(await json(await refresh(provider))).toMatchObject({ access_token: expect.any(String), ...odd });
  });

  it("a token answer can be made to have the status 201", async () => {
    await set({ tokenStatus: 201 });
    const answer = await refresh(provider);
    expect([answer.status, await json(answer)]).toMatchObject([201, { access_token: expect.any(String) }]);
    const { totals } = (await sandbox.read("refreshes")) as { totals: Record<string, Json> };
    expect(totals[provider]).toMatchObject({ rotated: 1, refused: 0 });
  });

  it("fields of answers and of events can be made null", async () => {
    await set({ nulls: ["scope", "type", "event", "shop_id", "event_type"] });
    expect(await json(await refresh(provider))).toMatchObject({ access_token: expect.any(String), scope: null });
    await sandbox.control("emit", { provider, event: "shop/redact", to: app.url });
    const heard = JSON.parse(app.heard[0]?.body ?? "{}") as Json;
    expect(Object.values(heard)).toContain(null);
  });

  it("a token answer can be made to begin with a byte order mark", async () => {
    await set({ byteOrderMark: true });
    const { body } = await rawRefresh(provider);
    expect([...body.subarray(0, 4)]).toEqual([0xef, 0xbb, 0xbf, 0x7b]);
  });

  it("a token answer can be made to be packed, or to name an encoding that is none", async () => {
    await set({ encoding: "gzip" });
    const packed = await rawRefresh(provider);
    expect(packed.encoding).toBe("gzip");
    expect(JSON.parse(gunzipSync(packed.body).toString())).toHaveProperty("access_token");
    await set({ encoding: "utf-8" });
    const plain = await rawRefresh(provider);
    expect(plain.encoding).toBe("utf-8");
    expect(JSON.parse(plain.body.toString())).toHaveProperty("access_token");
  });

  it("a token answer can be cut after the headers or amid the body, when the work is done", async () => {
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
  it("the wire switches leave pages alone, and end with a reset", async () => {
    await sandbox.control("set", { provider: "calendly", byteOrderMark: true, encoding: "utf-8" });
    const page = await sandbox.get("/auth.calendly.com/oauth/authorize");
    expect(page.headers.get("content-encoding")).toBeNull();
    await sandbox.control("reset");
    expect((await rawRefresh("calendly")).encoding).toBeUndefined();
  });

  it("the wire switches can be had for one answer alone", async () => {
    await sandbox.control("fail", { host: "zoom.us", byteOrderMark: true, encoding: "utf-8" });
    const { encoding, body } = await rawRefresh("zoom");
    expect([encoding, body[0]]).toEqual(["utf-8", 0xef]);
    expect((await rawRefresh("zoom")).encoding).toBeUndefined();
  });

  it("the wire switches are refused if they are not understood", async () => {
    for (const wrong of [{ nulls: "scope" }, { byteOrderMark: 1 }, { encoding: "br" }, { tokenStatus: 404 }])
      expect((await sandbox.post("/_/set", { provider: "zoom", ...wrong })).status).toBe(400);
  });
});
