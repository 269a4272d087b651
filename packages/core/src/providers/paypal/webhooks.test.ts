import { sign, type KeyObject } from "node:crypto";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { issue } from "../../../test/certificates.ts";
import {
  client,
  deliver,
  expectNothingOfAnything,
  expectRefusalOfAnything,
  gateOf,
  outcome,
} from "../../../test/webhooks.ts";
import { ConnectError } from "../../errors.ts";
import type { Webhooks } from "../../provider.ts";
import { paypalWebhooks } from "./webhooks.ts";

const never = new Promise<never>(() => {});
const now = new Date("2026-06-01T00:00:00Z");
const root = issue({ name: "Root", ca: true });
const intermediate = issue({ name: "Intermediate", ca: true, issuer: root });
const leaf = issue({ name: "messageverificationcerts.paypal.com", issuer: intermediate });
const chain = leaf.pem + intermediate.pem;
const webhookId = "8PT597110X687430LKGECATA";
const certificate = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-5edc0ebc";
const body = '{"id":"WH-1","event_type":"IDENTITY.AUTHORIZATION-CONSENT.REVOKED","summary":"café"}';
const received = { type: "event", id: "WH-1", topic: "IDENTITY.AUTHORIZATION-CONSENT.REVOKED" };

const paypal = (http = gateOf(() => ({ status: 200, text: chain })), mode = "live"): Webhooks => {
  const webhooks = paypalWebhooks(client({ secrets: [], id: webhookId, roots: root.pem }, { mode }), http);
  if (webhooks === undefined) throw new Error("not configured");
  return webhooks;
};

type Signing = {
  text?: string;
  id?: string;
  time?: string;
  webhook?: string;
  crc?: number;
  key?: KeyObject;
  hash?: string;
};

/** A delivery as PayPal signs it, or with another part of it signed. */
function signed({ text = body, id = "t-1", time = now.toISOString(), webhook = webhookId, ...rest }: Signing = {}) {
  const { crc = crc32(text), key = leaf.privateKey, hash = "sha256" } = rest;
  return {
    "paypal-transmission-id": id,
    "paypal-transmission-time": time,
    "paypal-transmission-sig": sign(hash, Buffer.from([id, time, webhook, crc].join("|")), key).toString("base64"),
    "paypal-cert-url": certificate,
    "paypal-auth-algo": "SHA256withRSA",
  };
}

const receive = (headers: Record<string, string | undefined>, { text = body, at = now, webhooks = paypal() } = {}) =>
  outcome(webhooks, deliver(text, headers), at);

describe("a delivery of PayPal's", () => {
  test("a delivery has the checksum that PayPal computes", () => {
    expect([crc32("123456789"), crc32(body)]).toEqual([3421780262, 2326128294]);
  });

  test("a delivery whose signature holds is received", async () => {
    expect(await receive(signed())).toEqual(received);
  });

  test("a delivery is taken for three days, because PayPal tries for so long, and hardly from the future", async () => {
    const days = 86_400_000;
    for (const [ms, answer] of [
      [-3 * days, received],
      [299_000, received],
      [-3 * days - 301_000, "invalid_signature"],
      [301_000, "invalid_signature"],
    ] as const)
      expect(await receive(signed({ time: new Date(now.getTime() + ms).toISOString() }))).toEqual(answer);
  });

  test.each([
    ["no signature", { ...signed(), "paypal-transmission-sig": undefined }],
    ["a signature that is no base64", { ...signed(), "paypal-transmission-sig": "ü" }],
    ["another key's", signed({ key: issue({ name: "x" }).privateKey })],
    ["another hash", signed({ hash: "sha1" })],
    ["another algorithm in its header", { ...signed(), "paypal-auth-algo": "SHA1withRSA" }],
    ["no algorithm", { ...signed(), "paypal-auth-algo": undefined }],
    ["another time", { ...signed(), "paypal-transmission-time": new Date(now.getTime() - 1000).toISOString() }],
    ["a time that is none", signed({ time: "yesterday" })],
    ["another id", { ...signed(), "paypal-transmission-id": "t-2" }],
    ["another app's webhook", signed({ webhook: "ANOTHER" })],
    ["the simulator's webhook", signed({ webhook: "WEBHOOK_ID" })],
    ["another body", signed({ text: `${body} ` })],
    ["a signed checksum", signed({ crc: crc32(body) | 0 })],
    ["an id that could part it elsewhere", signed({ id: "t|1" })],
    ["parts that are parted elsewhere", { ...signed(), "paypal-transmission-id": `t-1|${now.toISOString()}` }],
  ])("62. a delivery with %s is refused", async (_what, headers) => {
    expect(await receive(headers)).toBe("invalid_signature");
  });

  test("a delivery with any header and any bytes is refused, and nothing else is thrown", async () => {
    await expectRefusalOfAnything(paypal(), Object.keys(signed()), now);
  });

  test("a delivery is not read without the id of our webhook", () => {
    const http = gateOf(() => ({ status: 200, text: chain }));
    expect(paypalWebhooks(client({ secrets: [] }), http)).toBeUndefined();
  });
});

describe("whether PayPal's certificate is believed", () => {
  test.each([
    "http://api.paypal.com/v1/notifications/certs/CERT-1",
    "https://evil.example/v1/notifications/certs/CERT-1",
    "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1",
    "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
    "https://user@api.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
    "https://apixpaypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com/v1/notifications/certs/../../../CERT-1",
    "https://api.paypal.com/v1/notifications/certs/..",
    "https://api.paypal.com/v1/notifications/certs/%2e%2e/x",
    "https://api.paypal.com/v1/other/CERT-1",
    "https://api.paypal.com/v1/notifications/certs/CERT-1?x=1",
    "https://api.paypal.com/v1/notifications/certs/CERT-1#x",
    "https://api.paypal.com\\@evil.example/v1/notifications/certs/CERT-1",
    " https://api.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
    "file:///etc/passwd",
    "",
  ])("a certificate at %j is not fetched", async (url) => {
    const http = gateOf(() => ({ status: 200, text: chain }));
    const answer = await receive({ ...signed(), "paypal-cert-url": url }, { webhooks: paypal(http) });
    expect([answer, http.asked]).toEqual(["invalid_signature", []]);
  });

  test("a certificate is PayPal's own for this mode, wherever it was fetched", async () => {
    const sandbox = issue({ name: "messageverificationcerts.sandbox.paypal.com", issuer: intermediate });
    const http = gateOf(() => ({ status: 200, text: sandbox.pem + intermediate.pem }));
    const headers = signed({ key: sandbox.privateKey });
    expect(await receive(headers, { webhooks: paypal(http) })).toBe("invalid_signature");
    const elsewhere = { ...headers, "paypal-cert-url": certificate.replace("api.", "api-m.sandbox.") };
    expect(await receive(elsewhere, { webhooks: paypal(http, "sandbox") })).toEqual(received);
  });

  test("a certificate is believed only if an authority vouches for it", async () => {
    const forged = issue({ name: "messageverificationcerts.paypal.com" });
    const http = gateOf(() => ({ status: 200, text: forged.pem }));
    expect(await receive(signed({ key: forged.privateKey }), { webhooks: paypal(http) })).toBe("invalid_signature");
    const trusting = paypalWebhooks(
      client({ secrets: [], id: webhookId }),
      gateOf(() => ({ status: 200, text: chain })),
    );
    if (trusting === undefined) throw new Error("not configured");
    expect(await receive(signed(), { webhooks: trusting })).toBe("invalid_signature");
  });

  test("95. a certificate is asked for as whatever type it has", async () => {
    const http = gateOf(() => ({ status: 200, text: chain }));
    await receive(signed(), { webhooks: paypal(http) });
    expect(http.asked[0]?.headers).toEqual({ accept: "*/*" });
  });

  test("95. a certificate that comes alone is believed if the operator names the authority above it", async () => {
    const alone = gateOf(() => ({ status: 200, text: leaf.pem }));
    const webhooks = paypalWebhooks(client({ secrets: [], id: webhookId, roots: intermediate.pem }), alone);
    if (webhooks === undefined) throw new Error("not configured");
    expect(await receive(signed(), { webhooks })).toEqual(received);
  });

  test("a certificate that does not come is no forgery: PayPal tries again", async () => {
    const down = gateOf(() => ({ status: 503, text: "" }));
    const cut = { ...down, send: async () => Promise.reject(new ConnectError("provider_misbehaved", "a redirect")) };
    for (const http of [down, cut, gateOf(() => ({ status: 404, text: "" }))])
      expect(await receive(signed(), { webhooks: paypal({ ...http, asked: [] }) })).toBe("provider_unavailable");
  });
});

describe("how PayPal's certificate is fetched and cached", () => {
  const genuine = signed();
  const unknown = (nth: number) => ({ ...genuine, "paypal-cert-url": `${certificate}-${nth}` });

  test("a certificate is fetched once an hour, however many deliveries come at once", async () => {
    const http = gateOf(() => ({ status: 200, text: chain }));
    const webhooks = paypal(http);
    const answers = await Promise.all(Array.from({ length: 20 }, () => receive(signed(), { webhooks })));
    expect([new Set(answers.map((answer) => JSON.stringify(answer))).size, http.asked.length]).toEqual([1, 1]);
    const later = (ms: number) => new Date(now.getTime() + ms);
    await receive(signed(), { webhooks, at: later(3_599_000) });
    expect(http.asked.length).toBe(1);
    await receive(signed(), { webhooks, at: later(3_600_000) });
    expect(http.asked.length).toBe(2);
  });

  test("a cached certificate counts no longer than it is valid", async () => {
    const brief = issue({ name: leaf.name, issuer: intermediate, until: new Date(now.getTime() + 60_000) });
    const http = gateOf(() => ({ status: 200, text: brief.pem + intermediate.pem }));
    const webhooks = paypal(http);
    expect(await receive(signed({ key: brief.privateKey }), { webhooks })).toEqual(received);
    const at = new Date(now.getTime() + 61_000);
    expect(await receive(signed({ key: brief.privateKey }), { webhooks, at })).toBe("invalid_signature");
  });

  test("a certificate stays cached while others are asked for, of which only a few are fetched at once", async () => {
    const at = (url: string) => ({ ...signed(), "paypal-cert-url": url });
    const http = gateOf(({ url }) => (url === certificate ? { status: 200, text: chain } : { status: 404, text: "" }));
    const webhooks = paypal(http);
    await receive(signed(), { webhooks });
    await Promise.all(Array.from({ length: 50 }, (_, index) => receive(at(`${certificate}-${index}`), { webhooks })));
    expect(http.asked.length).toBe(5);
    expect(await receive(signed(), { webhooks })).toEqual(received);
    expect(http.asked.length).toBe(5);
  });

  test("a cached certificate counts if it cannot be fetched again, no longer than it is valid", async () => {
    const until = new Date(now.getTime() + 2 * 3_600_000);
    const brief = issue({ name: leaf.name, issuer: intermediate, until });
    let up = true;
    const http = gateOf(() => (up ? { status: 200, text: brief.pem + intermediate.pem } : { status: 503, text: "" }));
    const webhooks = paypal(http);
    const at = (ms: number) =>
      receive(signed({ key: brief.privateKey }), { webhooks, at: new Date(now.getTime() + ms) });
    expect(await at(0)).toEqual(received);
    up = false;
    expect([await at(3_600_000), await at(3_600_000)]).toEqual([received, received]);
    expect(http.asked.length).toBe(2);
    expect(await at(7_201_000)).toBe("invalid_signature");
  });

  test("a cached certificate counts while others are asked for that never come", async () => {
    const http = gateOf(() => ({ status: 200, text: chain }));
    const silent = { ...http, send: async (url: string | URL) => await (url === certificate ? http.send(url) : never) };
    const webhooks = paypal(silent);
    expect(await receive(signed(), { webhooks })).toEqual(received);
    const at = new Date(now.getTime() + 3_600_000);
    for (let nth = 0; nth < 50; nth += 1)
      void receive({ ...signed(), "paypal-cert-url": `${certificate}-${nth}` }, { webhooks, at });
    expect(await receive(signed(), { webhooks, at })).toEqual(received);
  });

  test("93. strangers cause ten requests for certificates at once, and thirty a minute", async () => {
    const http = gateOf(() => ({ status: 404, text: "" }));
    const webhooks = paypal(http);
    for (let nth = 0; nth < 110; nth += 1)
      expect(await receive(unknown(nth), { webhooks })).toBe("provider_unavailable");
    expect(http.asked.length).toBeLessThanOrEqual(10);
    for (let nth = 0; nth < 600; nth += 1)
      await receive(unknown(nth), { webhooks, at: new Date(now.getTime() + nth * 200) });
    expect(http.asked.length).toBeLessThanOrEqual(70);
  });

  test("93. PayPal's certificate comes soon after strangers used up their requests, and later whatever they name", async () => {
    const http = gateOf(({ url }) => (url === certificate ? { status: 200, text: chain } : { status: 404, text: "" }));
    const webhooks = paypal(http);
    for (let nth = 0; nth < 110; nth += 1) await receive(unknown(nth), { webhooks });
    const at = new Date(now.getTime() + 4_000);
    expect(await receive(signed(), { webhooks, at })).toEqual(received);
    for (let nth = 0; nth < 200; nth += 1) await receive(unknown(nth), { webhooks, at });
    expect(await receive(signed(), { webhooks, at: new Date(now.getTime() + 7_200_000) })).toEqual(received);
  });

  test("93. a certificate that is a page, or is cut off, is no forgery, and is fetched again after two seconds", async () => {
    let text = "<html>temporarily unavailable</html>";
    const http = gateOf(() => ({ status: 200, text }));
    const webhooks = paypal(http);
    expect(await receive(signed(), { webhooks })).toBe("provider_unavailable");
    const in2s = new Date(now.getTime() + 2_000);
    text = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    expect(await receive(signed(), { webhooks, at: in2s })).toBe("provider_unavailable");
    text = chain;
    expect(await receive(signed(), { webhooks, at: in2s })).toBe("provider_unavailable");
    expect(await receive(signed(), { webhooks, at: new Date(now.getTime() + 4_000) })).toEqual(received);
    text = "<html>temporarily unavailable</html>";
    const at = new Date(now.getTime() + 7_200_000);
    expect([await receive(signed(), { webhooks, at }), http.asked.length]).toEqual([received, 4]);
  });
});

describe("63. what PayPal tells", () => {
  const read = (resource: unknown, topic = received.topic) =>
    paypal().read(topic, Buffer.from(JSON.stringify({ resource })));

  test.each([
    { payer_id: "P1" },
    { payerId: "P1" },
    { merchant_id: "P1" },
    { payer_id: "P1", user_id: "U1" },
    { payer_id: 7, user_id: "P1" },
  ])("the event %j means that the payer's consent ended", (resource) => {
    expect(read(resource)).toEqual({ type: "ended", account: "P1" });
  });

  test("an event about anything else, or in another shape, means nothing", () => {
    expect(read({ payer_id: "P1" }, "PAYMENT.SALE.COMPLETED")).toEqual({ type: "none" });
    for (const resource of [{}, null, "P1", { payer_id: "P\u0000" }]) expect(read(resource)).toEqual({ type: "none" });
    expectNothingOfAnything(paypal(), [received.topic]);
  });
});
