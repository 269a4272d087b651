import { ServerResponse, type IncomingMessage } from "node:http";
import { createRegistry } from "@patchbay/core/providers";
import type { WebhookDelivery } from "@patchbay/core/provider";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Services } from "../../src/services.ts";
import { readConfig } from "../../src/config/config.ts";
import { assertJsonBody } from "../../src/http/body.ts";
import { createOriginPolicy } from "../../src/http/origin-policy.ts";
import { isPrefetch } from "../../src/http/prefetch.ts";
import { createSessions } from "../../src/http/session.ts";
import { addressKey } from "../../src/http/limits.ts";
import { parseQuery } from "../../src/http/parse-query.ts";
import { createBeginRoute } from "../../src/fast-path/begin.ts";
import { createTokenRoute } from "../../src/fast-path/token.ts";
import { createTrpcQueryRoute, readInput } from "../../src/fast-path/trpc-queries.ts";
import { createWebhookRoute } from "../../src/fast-path/webhook.ts";
import { createServiceKeyAuth } from "../../src/backend-api/service-key-auth.ts";
import { parseCallPaths } from "../../src/trpc/call-paths.ts";
import { createAppRouter } from "../../src/trpc/router.ts";
import { inputs } from "../../src/sign-in/inputs.ts";
import { liveEnvironment } from "../harness/live.ts";

const size = 65_536;
/** A few milliseconds. What takes the square of its input's length takes seconds for this one. */
const mostMs = 12;
const repeats = 7;
/** No second try brings this down to what is asked. */
const hopelessMs = 20 * mostMs;

/** What texts that parsers stumble over are made of. */
const pieces = [
  ..."a&=;,.:/?#%+-_@\\\"'()[]{}*~ \t\n\u0000\u00a0é",
  "%41",
  "%e2%82",
  "a=",
  "=;",
  "v1=",
  "t=1,",
  "Bearer ",
  "bytes=0-0,",
  "q=0.1,",
  "://",
  "//",
  "..",
  "::",
  "[]",
  '{"a":',
  "a.a@",
  ".myshopify.com",
  "https://admin.shopify.com/store/",
];

/** Texts of 64 kB: something, one short pattern over and over, and something else at the end. */
const long = fc
  .record({
    head: fc.constantFrom("", ...pieces),
    pattern: fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
    tail: fc.constantFrom("", "!", "a", "\u0000", "=", '"'),
  })
  .map(({ head, pattern, tail }) => head + pattern.repeat(size / pattern.length) + tail);

/** As many different names as 64 kB hold: what `long` never has. */
const names = (separator: string, value = "") =>
  Array.from({ length: 12_000 }, (_, nth) => `${nth.toString(36)}${value}`)
    .join(separator)
    .slice(0, size);

const fixed = [
  names("&"),
  names("&", "="),
  names(";", "=x"),
  names(","),
  names(",", "=v1"),
  names(" "),
  `a${" ".repeat(size)}a`,
  "[".repeat(size),
];

/** The least time of this thread that it takes, of several tries. */
function leastMs(read: () => unknown): number {
  let least = Infinity;
  for (let turn = 0; turn < repeats && least > mostMs / 2 && (turn === 0 || least < hopelessMs); turn += 1) {
    const began = process.threadCpuUsage();
    // A refusal is as good as a result, and what is waited for takes no time of this process: it only has to come soon.
    try {
      const made = read();
      if (made instanceof Promise) made.catch(() => {});
    } catch {}
    const { user, system } = process.threadCpuUsage(began);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

const config = readConfig({
  ...liveEnvironment(),
  SERVICE_KEYS: `test:${"0".repeat(64)}`,
  CALENDLY_WEBHOOK_SECRET: "a secret",
  STRIPE_WEBHOOK_SECRET: `whsec_${"a".repeat(32)}`,
  ZOOM_WEBHOOK_SECRET: "a secret",
  PAYPAL_WEBHOOK_ID: "8PT597110X687430LKGECATA",
});
const refuse = () => Promise.reject(new Error("nobody is called"));
const registry = createRegistry(config.providers.clients, refuse as unknown as Parameters<typeof createRegistry>[1]);
const sessions = createSessions(config);
const auth = createServiceKeyAuth({ keys: config.serviceKeys, callsPerMinute: 1, getClientAddress: () => "" });
const services = { registry, sessions } as unknown as Services;
const request = (headers: Record<string, string>, method = "GET") =>
  ({ method, headers }) as unknown as IncomingMessage;
const router = createAppRouter({ ...services, getClientAddress: () => "" });
const response = new ServerResponse(request({}));
const originPolicy = createOriginPolicy(config.publicUrl.origin, []);
const routes = [
  createTokenRoute(services, auth),
  createTrpcQueryRoute({ ...services, router, originPolicy }),
  createWebhookRoute(services.receiver),
  createBeginRoute(services, originPolicy),
];
const now = () => String(Math.floor(Date.now() / 1000));

function deliver(provider: string, delivery: WebhookDelivery): unknown {
  return registry.get(provider)?.provider?.webhooks?.receive(delivery, new Date());
}

const signatureHeaders: Record<string, (text: string) => Record<string, string>> = {
  calendly: (text) => ({ "calendly-webhook-signature": `t=${now()},${text}` }),
  stripe: (text) => ({ "stripe-signature": `t=${now()},${text}` }),
  zoom: (text) => ({ "x-zm-request-timestamp": now(), "x-zm-signature": `v0=${text}` }),
  shopify: (text) => ({ "x-shopify-hmac-sha256": text, "x-shopify-topic": text, "x-shopify-shop-domain": text }),
  paypal: (text) => ({
    "paypal-transmission-id": text,
    "paypal-transmission-time": text,
    "paypal-transmission-sig": text,
    "paypal-cert-url": text,
    "paypal-auth-algo": text,
  }),
};

/** Everything of ours that reads what comes from outside, by what it reads. */
const readers: [string, (text: string) => unknown][] = [
  ["a query", (text) => parseQuery(`/api/v1/channels/zoom/callback?${text}`)],
  ["a cookie header", (text) => sessions.getCallbackCaller(request({ cookie: text }))],
  [
    "the value of a cookie",
    (text) => sessions.getCallbackCaller(request({ cookie: `__Host-patchbay.session_token=${text}` })),
  ],
  ["a Bearer", (text) => sessions.require(request({ authorization: `Bearer ${text}` }))],
  ["a service key", (text) => auth.authenticate(request({ authorization: `bearer ${text}` }))],
  ["an address", (text) => addressKey(text)],
  ["the path of a request", (text) => routes.map((route) => route(request({}, "POST"), `/api/v1/${text}`))],
  ["the path of a call", (text) => routes.map((route) => route(request({}), `/api/trpc/${text}?batch=1`))],
  ["the names of a batch", (text) => parseCallPaths(text)],
  ["the input of a batch", (text) => readInput(new URLSearchParams(`batch=1&input=${text}`), 0)],
  ["an origin", (text) => originPolicy.admit(request({ origin: text }), response)],
  ["a content type", (text) => assertJsonBody(request({ "content-length": "1", "content-type": text }))],
  ["a length", (text) => assertJsonBody(request({ "content-length": text }))],
  ["the purpose of a request", (text) => isPrefetch(request({ "sec-purpose": text }))],
  ["an e-mail address", (text) => inputs["sign-in/email"].parse({ email: text, password: "x" })],
  ["a password", (text) => inputs["sign-up/email"].parse({ email: "a@b.example", password: text, name: text })],
  ["a shop", (text) => registry.get("shopify")?.provider?.begin({ redirectUri: "", state: "" }, { shop: text })],
  [
    "a signed return",
    (text) => registry.get("shopify")?.provider?.verifyResponse?.(parseQuery(`/?${text}`), new Date()),
  ],
  ...Object.entries(signatureHeaders).flatMap(([provider, headers]): [string, (text: string) => unknown][] => [
    [`a signature of ${provider}'s`, (text) => deliver(provider, { headers: headers(text), body: Buffer.from("{}") })],
    [`an event of ${provider}'s`, (text) => deliver(provider, { headers: headers("x"), body: Buffer.from(text) })],
  ]),
];

describe("whatever is sent, to read it takes as long as it is, and 64 kB take no more than a few milliseconds:", () => {
  test.each(readers)("%s", (_, read) => {
    for (const text of fixed)
      expect([text.slice(0, 20), leastMs(() => read(text)) < mostMs]).toEqual([text.slice(0, 20), true]);
    fc.assert(
      fc.property(long, (text) => leastMs(() => read(text)) < mostMs),
      { numRuns: 40, endOnFailure: true },
    );
  });
});

test("a query of more than fifty parameters is nobody's return", () => {
  const query = (count: number) => Array.from({ length: count }, (_, nth) => `a${nth}=x`).join("&");
  expect(Object.keys(parseQuery(`/?${query(50)}`).parameters)).toHaveLength(50);
  expect(parseQuery(`/?${query(51)}`)).toEqual({ parameters: {}, repeated: [] });
  expect(parseQuery("/?a=1&b=2&a=3&a=4")).toEqual({ parameters: { b: "2" }, repeated: ["a"] });
  expect(parseQuery("/?__proto__=1&a=2").parameters["a"]).toBe("2");
});
