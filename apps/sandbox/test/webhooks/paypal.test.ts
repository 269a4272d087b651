import { verify, X509Certificate } from "node:crypto";
import { crc32 } from "node:zlib";
import { expect, it } from "vitest";
import { bench, day, type Json } from "../harness.ts";
import { listen } from "./listener.ts";

const sandbox = bench();
const app = listen();

interface Request {
  headers: Record<string, string>;
  body: string;
  forged?: string;
}
const revoked = { provider: "paypal", event: "IDENTITY.AUTHORIZATION-CONSENT.REVOKED", person: "grace" };
const sign = async (order: Json = {}) =>
  ((await sandbox.control("sign", { ...revoked, to: app.url, ...order })) as { requests: Request[] }).requests;

/** The address of a certificate as an app that was pointed at the sandbox reads it. */
const read = (url = "https://none") => sandbox.get(`/${new URL(url).hostname}${new URL(url).pathname}`);
const certificates = (pem: string) =>
  (pem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []).map((one) => new X509Certificate(one));

async function chainOf({ headers }: Request): Promise<X509Certificate[]> {
  const answer = await read(headers["paypal-cert-url"]);
  expect(answer.status).toBe(200);
  return certificates(await answer.text());
}
const messageOf = async ({ headers, body }: Request) => {
  const { paypal } = (await sandbox.read("apps")) as { paypal: { webhookId: string } };
  const parts = [headers["paypal-transmission-id"], headers["paypal-transmission-time"], paypal.webhookId, crc32(body)];
  return Buffer.from(parts.join("|"));
};
const root = async () => {
  const { paypal } = (await sandbox.read("apps")) as { paypal: { webhookRoots: string } };
  return new X509Certificate(paypal.webhookRoots);
};

/** What is wrong with a chain, as far as it can be seen without its address. */
async function flawsOf(request: Request): Promise<string[]> {
  const [leaf, ...rest] = await chainOf(request);
  const path = [...rest, await root()];
  const flaws: string[] = [];
  if (leaf === undefined) return ["empty"];
  if (!leaf.checkHost("messageverificationcerts.sandbox.paypal.com")) flaws.push("name");
  if (Date.parse(leaf.validTo) < Date.now() || Date.parse(leaf.validFrom) > Date.now()) flaws.push("dates");
  for (const [place, issuer] of path.entries()) {
    const issued = place === 0 ? leaf : path[place - 1];
    if (!issued?.checkIssued(issuer) || !issued.verify(issuer.publicKey)) flaws.push("issuer");
    if (!issuer.ca) flaws.push("authority");
  }
  const signature = Buffer.from(request.headers["paypal-transmission-sig"] ?? "", "base64");
  if (!verify("sha256", await messageOf(request), leaf.publicKey, signature)) flaws.push("signature");
  return flaws;
}

it("PayPal's signature counts the check sum as the fact sheet does", () => {
  expect(crc32("123456789")).toBe(3_421_780_262);
  const body = '{"id":"WH-1","event_type":"IDENTITY.AUTHORIZATION-CONSENT.REVOKED","summary":"café"}';
  expect(crc32(body)).toBe(2_326_128_294);
});

it("PayPal signs for the webhook's id, with a leaf that leads to the root which the app can read", async () => {
  const [request] = await sign({ at: "2026-11-23T10:00:00Z" });
  expect(request?.headers).toMatchObject({
    "paypal-transmission-time": "2026-11-23T10:00:00Z",
    "paypal-auth-algo": "SHA256withRSA",
    "paypal-auth-version": "v2",
  });
  expect(request && (await flawsOf(request))).toEqual([]);
  const [leaf, intermediate] = request ? await chainOf(request) : [];
  expect([leaf?.ca, leaf?.publicKey.asymmetricKeyDetails?.modulusLength]).toEqual([false, 2048]);
  expect([intermediate?.ca, (await root()).ca]).toEqual([true, true]);
  expect(leaf?.subject).toContain("CN=messageverificationcerts.sandbox.paypal.com");
  expect(JSON.parse(request?.body ?? "")).toMatchObject({
    id: expect.stringMatching(/^WH-/),
    event_type: "IDENTITY.AUTHORIZATION-CONSENT.REVOKED",
    resource: { payer_id: "WDJJHEBZ4X2LY" },
  });
});

it("PayPal's certificate is forged in each way that one check alone finds out", async () => {
  const forged = await sign({ forge: "certificate" });
  expect(forged.map(({ forged }) => forged)).toEqual([
    "another CA",
    "another name",
    "expired",
    "issued by no authority",
    "another host",
    "another path",
    "not over https",
    "another port",
    "a user in the address",
  ]);
  const flaws = await Promise.all(forged.map(flawsOf));
  expect(flaws).toEqual([["issuer"], ["name"], ["dates"], ["authority"], [], [], [], [], []]);
  const addresses = forged.slice(4).map(({ headers }) => headers["paypal-cert-url"]);
  expect(addresses).toEqual([
    "https://api.sandbox.paypal.com.evil.example/v1/notifications/certs/CERT-sandbox-1",
    "https://api.sandbox.paypal.com/v1/customer/certs/CERT-sandbox-1",
    "http://api.sandbox.paypal.com/v1/notifications/certs/CERT-sandbox-1",
    "https://api.sandbox.paypal.com:8443/v1/notifications/certs/CERT-sandbox-1",
    "https://api.sandbox.paypal.com@evil.example/v1/notifications/certs/CERT-sandbox-1",
  ]);
});

it("PayPal's signature is forged for another webhook, a body, and a moment", async () => {
  for (const forge of ["signature", "body", "timestamp"]) {
    const [request] = await sign({ forge });
    expect(request && (await flawsOf(request))).toEqual(["signature"]);
  }
});

it("PayPal serves no certificate that it does not have, and its certificates end", async () => {
  expect((await sandbox.get("/api.sandbox.paypal.com/v1/notifications/certs/none")).status).toBe(404);
  expect((await sandbox.get("/api.paypal.com/v1/notifications/certs/CERT-sandbox-1")).status).toBe(404);
  const [request] = await sign();
  const [leaf] = request ? await chainOf(request) : [];
  const life = Date.parse(leaf?.validTo ?? "") - Date.parse(leaf?.validFrom ?? "");
  expect(life / day).toBeLessThan(400);
});
