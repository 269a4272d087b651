import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createSandbox } from "../../src/index.ts";
import { appOrigin, bench, json, type Json } from "../harness.ts";
import { listen } from "./listener.ts";

const sandbox = bench();
const app = listen();

interface Emitted {
  deliveries: { id: string; status: number; body: string; attempts: number; validated?: boolean }[];
  totals: Record<string, number>;
}
const created = { provider: "zoom", event: "meeting.created" };
const emit = async (order: Json) => (await sandbox.control("emit", { to: app.url, ...order })) as unknown as Emitted;

describe("emit", () => {
  it("emit sends a webhook and reports the response", async () => {
    app.reply = () => ({ status: 202, body: "thanks" });
    const { deliveries } = await emit({ ...created, id: "e-1" });
    expect(deliveries).toEqual([{ id: "e-1", status: 202, body: "thanks", attempts: 1 }]);
    expect(app.heard).toHaveLength(1);
    expect(await sandbox.read("deliveries")).toMatchObject([
      { provider: "zoom", event: "meeting.created", id: "e-1", url: app.url, status: 202 },
    ]);
  });

  it("emit sends exactly what sign returns", async () => {
    const order = { provider: "stripe", event: "account.updated", at: 1_795_428_000_000, id: "evt_1", to: app.url };
    await emit(order);
    const { requests } = (await sandbox.control("sign", order)) as { requests: { headers: object; body: string }[] };
    expect(app.heard[0]?.body).toBe(requests[0]?.body);
    expect(app.heard[0]?.headers).toMatchObject(requests[0]?.headers ?? {});
  });

  it("emit follows no redirect, and reports status 0 without a response", async () => {
    app.reply = () => ({ status: 302, headers: { location: app.url } });
    expect((await emit(created)).deliveries[0]?.status).toBe(302);
    expect(app.heard).toHaveLength(1);
    const { deliveries } = await emit({ ...created, to: "http://127.0.0.1:1/" });
    expect(deliveries[0]).toMatchObject({ status: 0, body: expect.stringContaining("ECONNREFUSED") });
  });

  it("emit retries with the same id and bytes, as often as ordered", async () => {
    app.reply = () => ({ status: app.heard.length < 3 ? 503 : 200 });
    const { deliveries } = await emit({ ...created, retries: 5 });
    expect(deliveries).toMatchObject([{ status: 200, attempts: 3 }]);
    expect(new Set(app.heard.map(({ body }) => body)).size).toBe(1);
    app.reply = () => ({ status: 500 });
    expect((await emit({ ...created, retries: 1 })).deliveries).toMatchObject([{ status: 500, attempts: 2 }]);
  });

  it("emit only counts many deliveries, and sends at most sixteen at once", async () => {
    const { totals } = await emit({ ...created, count: 100, duplicates: 1 });
    expect(totals).toEqual({ "200": 200 });
    expect(new Set(app.heard.map(({ body }) => body)).size).toBe(100);
  });

  it("emit lets several people take turns", async () => {
    await emit({ ...created, event: "app_deauthorized", person: ["priya", "jonas"], count: 4 });
    const users = app.heard.map(({ body }) => (JSON.parse(body) as { payload: { user_id: string } }).payload.user_id);
    expect(new Set(users).size).toBe(2);
  });

  it("emit reports whether the response to Zoom's challenge is right", async () => {
    const { zoom } = (await sandbox.read("apps")) as { zoom: { webhookSecret: string } };
    app.reply = ({ body }) => {
      const { plainToken } = (JSON.parse(body) as { payload: { plainToken: string } }).payload;
      const encryptedToken = createHmac("sha256", zoom.webhookSecret).update(plainToken).digest("hex");
      return { body: JSON.stringify({ plainToken, encryptedToken }) };
    };
    const challenge = { provider: "zoom", event: "endpoint.url_validation" };
    expect((await emit(challenge)).deliveries).toMatchObject([{ status: 200, validated: true }]);
    app.reply = () => ({ body: JSON.stringify({ plainToken: "x", encryptedToken: "y" }) });
    expect((await emit(challenge)).deliveries).toMatchObject([{ validated: false }]);
    app.reply = () => ({ status: 401 });
    expect((await emit(challenge)).deliveries).toMatchObject([{ validated: false }]);
  });

  it.each(["https://example.com/", "http://10.0.0.1/", "http://localhost.evil.example/", "http://a@localhost/", "x"])(
    "emit refuses to deliver to %s",
    async (url) => {
      const emitted = await sandbox.post("/_/emit", { ...created, to: url });
      expect([emitted.status, (await json(emitted))["message"]]).toEqual([400, expect.stringContaining("localhost")]);
      const set = await sandbox.post("/_/set", { provider: "zoom", webhookUrl: url });
      expect([set.status, (await json(set))["message"]]).toEqual([400, expect.stringContaining("localhost")]);
    },
  );

  it("emit explains what it does not understand", async () => {
    const wrong = [
      { provider: "nobody", event: "x" },
      { provider: "zoom", event: "x", person: "nobody" },
      { provider: "zoom", event: "x", forged: true },
      { provider: "shopify", event: "APP_UNINSTALLED" },
    ];
    const answers = await Promise.all(wrong.map((order) => sandbox.post("/_/emit", order)));
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  });

  it("reset forgets the attempts to deliver", async () => {
    await emit(created);
    await sandbox.control("reset");
    expect(await sandbox.read("deliveries")).toEqual([]);
  });
});

it("closing the sandbox stops deliveries", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const own = await createSandbox({ port: 0, appOrigins: [appOrigin] });
  const to = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const post = (action: string, body: Json) =>
    fetch(`${own.url}/_/${action}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  const waiting = post("emit", { ...created, to, retries: 3 }).catch(() => "cut");
  await once(silent, "request");
  await own.close();
  expect(await waiting).toBe("cut");
  silent.closeAllConnections();
  silent.close();
});

it("a delivery waits no longer than the provider would", { timeout: 10_000 }, async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const to = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const { deliveries } = await emit({ ...created, to });
  expect(deliveries).toMatchObject([{ status: 0, body: "no answer within 3000 ms" }]);
  silent.closeAllConnections();
  silent.close();
});
