import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { openWorld } from "./harness/open-world.ts";
import { address, emit, post, sign, signOne } from "./harness/post.ts";
import { startWalk } from "./harness/probe.ts";
import { raw } from "./harness/raw.ts";
import { getSubject } from "./harness/subjects.ts";
import { createWorld } from "./harness/world.ts";

// Nobody works in the background: what is stored stays as it was stored.
const world = await openWorld({ env: { WORKERS: "0" } });
beforeEach(async () => {
  await world.sql("delete from webhook_event");
});

type Row = { provider: string; event_id: string; topic: string; body: Buffer; handled_at: Date | null };
const stored = () => world.sql<Row>("select * from webhook_event order by id");
const codeOf = (text: string) => (JSON.parse(text) as { code?: unknown }).code;

const timed = [
  { provider: "calendly", event: "invitee.created" },
  { provider: "paypal", event: "IDENTITY.AUTHORIZATION-CONSENT.REVOKED" },
  { provider: "stripe", event: "account.application.deauthorized" },
  { provider: "zoom", event: "app_deauthorized" },
] as const;
// Shopify signs no time.
const events = [...timed, { provider: "shopify", event: "app/uninstalled" }] as const;

describe.each(events)("$provider: a webhook", (event) => {
  test("a webhook that is signed is stored as it came, and answered at once; nobody's session or cookie has a part in it", async () => {
    const signed = await signOne(world, event);
    const answer = await post(signed);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { received: true }]);
    expect(await stored()).toMatchObject([{ provider: event.provider, topic: event.event, handled_at: null }]);
    expect((await stored())[0]?.body.toString()).toBe(signed.body);
    expect(answer.headers).not.toHaveProperty("set-cookie");
    expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
  });

  test("62. a webhook that comes again, and many times at once, is stored once", async () => {
    const signed = await signOne(world, event);
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(signed)));
    answers.push(await post(signed));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await stored()).toHaveLength(1);
  });

  test("62. a webhook that comes out of order is taken all the same", async () => {
    const signed = await sign(world, { ...event, count: 3 });
    for (const one of signed.toReversed()) expect((await post(one)).status).toBe(200);
    expect(await stored()).toHaveLength(3);
  });

  test.each(["unsigned", "signature", "body"] as const)(
    "62. a webhook whose %s is forged is refused, and not stored",
    async (forge) => {
      const signed = await signOne(world, { ...event, forge });
      const answer = await post(signed);
      expect([answer.status, codeOf(answer.text)]).toEqual([401, "invalid_signature"]);
      expect(await stored()).toEqual([]);
      expect(world.logged()).not.toContain(signed.body.slice(1, 60));
    },
  );

  test("62. a webhook that was written anew, packed, or is larger than any is refused", async () => {
    const signed = await signOne(world, event);
    const anew = JSON.stringify(JSON.parse(signed.body), null, 3);
    const packed = gzipSync(signed.body);
    const answers = [
      await post(signed, { body: anew }),
      await raw(signed.url, {
        method: "POST",
        headers: { ...signed.headers, "content-encoding": "gzip" },
        body: packed,
      }),
      await raw(signed.url, { method: "POST", headers: signed.headers, body: packed }),
      await post(signed, { body: signed.body + " ".repeat(6_291_456) }),
      await post(signed, { body: "" }),
    ];
    expect(answers.map(({ text }) => codeOf(text))).toEqual([
      "invalid_signature",
      "invalid_request",
      "invalid_signature",
      "invalid_request",
      "invalid_signature",
    ]);
    expect(await stored()).toEqual([]);
  });

  test("a webhook of another provider is refused: its signature is not this one's", async () => {
    const signed = await signOne(world, event);
    for (const other of events.filter(({ provider }) => provider !== event.provider)) {
      expect((await post(signed, { url: address(world, other.provider) })).status).toBe(401);
    }
    expect(await stored()).toEqual([]);
  });

  test("a webhook may have one more segment in its address, and no second one", async () => {
    const signed = await signOne(world, event);
    expect((await post(signed, { url: `${signed.url}/anything` })).status).toBe(200);
    expect((await post(signed, { url: `${signed.url}/any/thing` })).status).toBe(404);
  });
});

test.each(timed)("62. $provider: a body that is right, under another time, is refused", async (event) => {
  const answer = await post(await signOne(world, { ...event, forge: "timestamp" }));
  expect([answer.status, codeOf(answer.text)]).toEqual([401, "invalid_signature"]);
});

test.each([
  ["calendly", "invitee.created", 4],
  ["stripe", "account.updated", 6],
  ["zoom", "app_deauthorized", 6],
  ["paypal", "IDENTITY.AUTHORIZATION-CONSENT.REVOKED", 3 * 1440 + 6],
])("62. %s: an event that is well signed but old is refused", async (provider, event, minutes) => {
  const answer = await post(await signOne(world, { provider, event, at: Date.now() - minutes * 60_000 }));
  expect([answer.status, codeOf(answer.text)]).toEqual([401, "invalid_signature"]);
});

test("Shopify's is taken under the previous client secret too, while one is replaced; a return is not", async () => {
  const secret = world.config.providers.clients["shopify"]?.secret ?? "";
  const env = { WORKERS: "0", SHOPIFY_CLIENT_SECRET: "the new client secret" };
  await using rotated = await createWorld({ env: { ...env, SHOPIFY_PREVIOUS_CLIENT_SECRET: secret } });
  const event = { provider: "shopify", event: "app/uninstalled" };
  expect((await post(await signOne(rotated, event))).status).toBe(200);
  expect((await post(await signOne(rotated, { ...event, forge: "signature" }))).status).toBe(401);
  const { browser, back } = await startWalk(rotated, getSubject("shopify"));
  expect((await browser.get(back)).location?.searchParams.get("error")).toBe("invalid_hmac");
});

test("PayPal's certificate is not believed in any of the ways in which it can be forged", async () => {
  const forged = await sign(world, {
    provider: "paypal",
    event: "IDENTITY.AUTHORIZATION-CONSENT.REVOKED",
    forge: "certificate",
  });
  expect(forged.length).toBeGreaterThan(3);
  for (const one of forged) {
    const answer = await post(one);
    expect([one.forged, answer.status, codeOf(answer.text)]).toEqual([one.forged, 401, "invalid_signature"]);
  }
  expect(await stored()).toEqual([]);
});

test("PayPal's certificate that does not come makes PayPal try again", async () => {
  await using fresh = await createWorld({ env: { WORKERS: "0" } });
  const signed = await signOne(fresh, { provider: "paypal", event: "IDENTITY.AUTHORIZATION-CONSENT.REVOKED" });
  await fresh.control.failRequests({
    host: "api.sandbox.paypal.com",
    path: "/v1/notifications/certs",
    status: 500,
    times: 1,
  });
  expect((await post(signed)).status).toBe(503);
  // PayPal itself is not asked again at once: anybody could make us ask.
  expect((await post(signed)).status).toBe(503);
  const { calls } = await fresh.control.listCalls();
  expect(calls.filter(({ path }) => path.startsWith("/v1/notifications/certs"))).toHaveLength(1);
  expect(await fresh.sql("select from webhook_event")).toEqual([]);
});

test("63. Zoom's challenge is met, and not stored", async () => {
  const event = { provider: "zoom", event: "endpoint.url_validation" };
  expect(await emit(world, event)).toMatchObject({ deliveries: [{ status: 200, validated: true }] });
  expect((await post(await signOne(world, { ...event, forge: "signature" }))).status).toBe(401);
  expect(await stored()).toEqual([]);
});

test("a provider that is not known, or has no webhooks, has no door", async () => {
  const headers = { "content-type": "application/json" };
  for (const [path, status, code] of [
    ["nobody", 404, "provider_unknown"],
    ["constructor", 404, "provider_unknown"],
    ["telegram", 503, "provider_not_configured"],
  ] as const) {
    const answer = await raw(address(world, path), { method: "POST", headers, body: "{}" });
    expect([answer.status, codeOf(answer.text)]).toEqual([status, code]);
  }
  expect((await raw(address(world, "zoom"))).status).toBe(404);
});

test("62. where no secret is set, a webhook is refused and never let through", async () => {
  const secrets = ["CALENDLY_WEBHOOK_SECRET", "PAYPAL_WEBHOOK_ID", "STRIPE_WEBHOOK_SECRET", "ZOOM_WEBHOOK_SECRET"];
  const env = Object.fromEntries([...secrets, "SHOPIFY_CLIENT_SECRET"].map((name) => [name, undefined]));
  await using bare = await createWorld({ env: { ...env, WORKERS: "0" } });
  for (const event of events) {
    for (const forge of [undefined, "unsigned"] as const) {
      const answer = await post(await signOne(bare, { ...event, ...(forge && { forge }) }));
      expect([answer.status, codeOf(answer.text)]).toEqual([503, "provider_not_configured"]);
    }
  }
  expect(await bare.sql("select from webhook_event")).toEqual([]);
});

test("however many events come, one job waits to read them; while it runs, one more", async () => {
  const waiting = () =>
    world.sql<{ key: string | null; locked: boolean }>(
      "select key, locked_at is not null as locked from patchbay_worker.jobs where task_identifier = 'webhooks' order by id",
    );
  await world.sql("delete from patchbay_worker._private_jobs");
  for (const one of await sign(world, { provider: "zoom", event: "meeting.started", count: 20 })) await post(one);
  expect(await waiting()).toEqual([{ key: "webhooks", locked: false }]);
  await world.sql("update patchbay_worker._private_jobs set locked_at = now(), locked_by = 'a worker'");
  for (const one of await sign(world, { provider: "zoom", event: "meeting.started", count: 20 })) await post(one);
  expect(await waiting()).toEqual([
    { key: null, locked: true },
    { key: "webhooks", locked: false },
  ]);
  await world.sql("update patchbay_worker._private_jobs set attempts = max_attempts where key is not null");
  await post(await signOne(world, { provider: "zoom", event: "meeting.started" }));
  // One that failed for good is nothing to wait for.
  expect((await waiting()).map(({ key }) => key)).toEqual([null, null, "webhooks"]);
});
