import { createHmac } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { computeHmac } from "../../src/webhooks/sign.ts";
import { bench, type Json } from "../harness.ts";
import { listen } from "./listener.ts";

const sandbox = bench();
const app = listen();

let secrets: Record<string, { webhookSecret: string; clientSecret: string }>;
beforeEach(async () => {
  secrets = (await sandbox.read("apps")) as typeof secrets;
});

const digest = (key: string | undefined, text: string, encoding: "hex" | "base64" = "hex") =>
  createHmac("sha256", key ?? "")
    .update(text)
    .digest(encoding);
const seconds = (at: number) => String(Math.floor(at / 1000));
const at = Date.UTC(2026, 10, 23, 10, 0, 0, 456);

/** The fields of an invitee in Calendly's reference. */
const published =
  "cancel_url created_at email event first_name invitee_scheduled_by last_name name new_invitee no_show old_invitee payment questions_and_answers reconfirmation reschedule_url rescheduled routing_form_submission scheduled_event scheduling_method status text_reminder_number timezone tracking updated_at uri".split(
    " ",
  );

interface Request {
  id: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}
const sign = async (order: Json) =>
  ((await sandbox.control("sign", { to: app.url, at, ...order })) as { requests: Request[] }).requests;
const signOne = async (order: Json): Promise<Request> => {
  const [request] = await sign(order);
  if (request === undefined) throw new Error("nothing was signed");
  return request;
};

describe("the keyed hashes", () => {
  it("the keyed hashes of the fact sheets' examples are right", () => {
    const calendly =
      '{"event":"invitee.created","created_at":"2026-11-23T10:00:00.000000Z","created_by":"https://api.calendly.com/users/AAAAAAAAAAAAAAAA","payload":{"uri":"https://api.calendly.com/scheduled_events/E1/invitees/I1"}}';
    expect(computeHmac("calendly-test-signing-key-0001", `1795428000.${calendly}`)).toBe(
      "72db75ff241c33529fb4b41bb57dd86ec3957eb35ebbb35feda6cda9c46f4cbc",
    );
    expect(computeHmac("zoom-secret-token-test", "qgg8vlvZRS6UYooatFL8Aw")).toBe(
      "f37dc6820a778bbe15c19d7b258233e80251ebe1b200bfc2db1d26ab0cca7d63",
    );
    const zoom =
      '{"event":"app_deauthorized","event_ts":1795428000456,"payload":{"account_id":"acc_A","user_id":"usr_B","signature":"","deauthorization_time":"2026-11-23T10:00:00.456Z","client_id":"cid_C"}}';
    expect(computeHmac("zoom-secret-token-test", `v0:1795428000:${zoom}`)).toBe(
      "baf47143ca4165ec3d022e31949df9da2199350438661866ef252a640908dd2f",
    );
  });
});

describe("a signed event", () => {
  it("an event of Stripe names the app and the account, with a decoy beside the signature", async () => {
    const { headers, body, id } = await signOne({
      provider: "stripe",
      event: "account.application.deauthorized",
      person: "mei",
    });
    const v1 = digest(secrets["stripe"]?.webhookSecret, `${seconds(at)}.${body}`);
    expect(headers["stripe-signature"]).toMatch(new RegExp(`^t=${seconds(at)},v1=${v1},v0=[0-9a-f]{64}$`));
    expect(JSON.parse(body)).toMatchObject({
      id,
      object: "event",
      account: "acct_1QmT4nBk7sandbox1",
      type: "account.application.deauthorized",
      livemode: false,
      created: Number(seconds(at)),
      data: { object: { id: "ca_sandboxT3stPatchbay8dKq2LmVx6Wz", object: "application" } },
    });
  });

  it("an event of Stripe that an account was updated holds the account", async () => {
    const { body } = await signOne({ provider: "stripe", event: "account.updated", person: "luca" });
    expect(JSON.parse(body)).toMatchObject({ data: { object: { id: "acct_1RfW8pLx2sandbox2", object: "account" } } });
  });

  it("an event of Zoom says who left, and which app", async () => {
    const { headers, body } = await signOne({ provider: "zoom", event: "app_deauthorized", person: "priya" });
    expect(headers["x-zm-request-timestamp"]).toBe(seconds(at));
    const signature = digest(secrets["zoom"]?.webhookSecret, `v0:${seconds(at)}:${body}`);
    expect(headers["x-zm-signature"]).toBe(`v0=${signature}`);
    expect(JSON.parse(body)).toEqual({
      event: "app_deauthorized",
      payload: {
        account_id: "q6gBJVO5TzexKYTb_I2rpg",
        user_id: "KDcuGIm1QgePTO8WbOqwIQ",
        signature: "",
        deauthorization_time: "2026-11-23T10:00:00.456Z",
        client_id: "sandbox-zoom",
        event_ts: at,
      },
    });
  });

  it.each([
    ["top", { event_ts: at }, "payload.event_ts"],
    ["payload_text", { payload: { event_ts: "2026-11-23 10:00:00" } }, "event_ts"],
    ["absent", {}, "event_ts"],
  ])("an event of Zoom may have its moment elsewhere: %s", async (eventTs, shape, gone) => {
    await sandbox.control("set", { provider: "zoom", eventTs });
    const body = JSON.parse((await signOne({ provider: "zoom", event: "app_deauthorized" })).body) as object;
    expect(body).toMatchObject(shape);
    expect(body).not.toHaveProperty(gone);
    const other = JSON.parse((await signOne({ provider: "zoom", event: "meeting.started" })).body) as object;
    expect(other).toMatchObject({ event_ts: at });
  });

  it("Shopify signs the body of an event alone, and an id of the delivery stands beside it", async () => {
    const { headers, body, id } = await signOne({
      provider: "shopify",
      event: "app/uninstalled",
      shop: "acme-goods.myshopify.com",
    });
    expect(headers).toMatchObject({
      "x-shopify-topic": "app/uninstalled",
      "x-shopify-hmac-sha256": digest(secrets["shopify"]?.clientSecret, body, "base64"),
      "x-shopify-shop-domain": "acme-goods.myshopify.com",
      "x-shopify-api-version": "2026-10",
      "x-shopify-webhook-id": id,
      "x-shopify-triggered-at": "2026-11-23T10:00:00.456Z",
    });
    expect(headers["x-shopify-event-id"]).not.toBe(id);
    expect(JSON.parse(body)).toMatchObject({ id: 68_817_551_382, myshopify_domain: "acme-goods.myshopify.com" });
  });

  it.each([
    ["customers/data_request", "data_request"],
    ["customers/redact", "orders_to_redact"],
    ["shop/redact", "shop_domain"],
    ["app/scopes_update", "current"],
  ])("an event of Shopify has the body of %s", async (event, field) => {
    const { body } = await signOne({ provider: "shopify", event });
    expect(JSON.parse(body)).toHaveProperty(field);
  });

  it("an event of Calendly has an envelope, and the moment in the signature", async () => {
    const { headers, body } = await signOne({ provider: "calendly", event: "invitee.created", person: "ada" });
    const v1 = digest(secrets["calendly"]?.webhookSecret, `${seconds(at)}.${body}`);
    expect(headers["calendly-webhook-signature"]).toBe(`t=${seconds(at)},v1=${v1}`);
    expect(JSON.parse(body)).toMatchObject({
      event: "invitee.created",
      created_at: "2026-11-23T10:00:00.456000Z",
      created_by: "https://api.calendly.com/users/b6c1f7f0-2d5a-4a53-9f0e-6f2f8b9d3a11",
      payload: { uri: expect.stringContaining("/invitees/") },
    });
  });

  it("an event of Calendly tells all that is published of an invitee and of the event", async () => {
    const payloadOf = async (event: string) =>
      (JSON.parse((await signOne({ provider: "calendly", event })).body) as { payload: Json }).payload;
    const invitee = await payloadOf("invitee.created");
    expect(Object.keys(invitee).sort()).toEqual(published);
    expect(invitee["scheduled_event"]).toMatchObject({
      uri: invitee["event"],
      event_memberships: [{}],
      event_guests: [],
    });
    const canceled = await payloadOf("invitee.canceled");
    expect(Object.keys(canceled).sort()).toEqual(["cancellation", ...published].sort());
    expect(canceled).toMatchObject({ status: "canceled", scheduled_event: { status: "canceled" } });
    expect(await payloadOf("invitee_no_show.created")).toMatchObject({ no_show: { created_at: expect.any(String) } });
    expect(await payloadOf("routing_form_submission.created")).toHaveProperty("routing_form");
  });

  it("an event can be about an account that nobody has, and be patched before it is signed", async () => {
    const { body } = await signOne({
      provider: "stripe",
      event: "account.application.deauthorized",
      account: "acct_nobody",
      patch: { livemode: true },
    });
    expect(JSON.parse(body)).toMatchObject({ account: "acct_nobody", livemode: true });
  });

  it("an event goes nowhere without an address, and to the app's first origin unless that is altered", async () => {
    const order = { provider: "zoom", event: "meeting.created", to: undefined };
    expect((await signOne(order)).url).toBe("http://localhost:3000/api/v1/webhooks/zoom");
    await sandbox.control("set", { provider: "zoom", webhookUrl: app.url });
    expect((await signOne(order)).url).toBe(app.url);
    await sandbox.control("set", { provider: "zoom", webhookUrl: null });
    expect(await sign(order)).toEqual([]);
  });

  it("an event is different each time, unless it is to be sent twice", async () => {
    const order = { provider: "zoom", event: "app_deauthorized", count: 3, duplicates: 1 };
    const bodies = (await sign(order)).map(({ body }) => body);
    expect(bodies).toHaveLength(6);
    expect(new Set(bodies).size).toBe(3);
    expect(bodies[0]).toBe(bodies[1]);
  });
});

const stamps: Record<string, string> = {
  calendly: "calendly-webhook-signature",
  shopify: "x-shopify-hmac-sha256",
  stripe: "stripe-signature",
  zoom: "x-zm-signature",
  paypal: "paypal-transmission-sig",
};
const events: Record<string, string> = {
  calendly: "invitee.created",
  shopify: "shop/redact",
  stripe: "account.updated",
  zoom: "meeting.created",
  paypal: "PAYMENT.CAPTURE.COMPLETED",
};

describe("a forged event", () => {
  it.each(Object.keys(events))(
    "a forged event of %s is unsigned, under another key, or altered afterwards",
    async (provider) => {
      const order = { provider, event: events[provider], id: "same" };
      const stamp = stamps[provider] ?? "";
      expect((await signOne({ ...order, forge: "unsigned" })).headers).not.toHaveProperty(stamp);
      const altered = await signOne({ ...order, forge: "body" });
      expect(altered.body.startsWith("{ ")).toBe(true);
      expect(altered.headers).toHaveProperty(stamp);
      const [right, wrong] = [await signOne(order), await signOne({ ...order, forge: "signature" })];
      expect(wrong.headers[stamp]).not.toBe(right.headers[stamp]);
      expect(wrong.headers[stamp]?.length).toBe(right.headers[stamp]?.length);
    },
  );

  it("a forged event of Stripe, Zoom and Calendly claims another moment than was signed; Shopify signs none", async () => {
    const { headers, body } = await signOne({ provider: "stripe", event: "account.updated", forge: "timestamp" });
    const v1 = digest(secrets["stripe"]?.webhookSecret, `${seconds(at - 3_600_000)}.${body}`);
    expect(headers["stripe-signature"]?.startsWith(`t=${seconds(at)},v1=${v1},`)).toBe(true);
    const answer = await sandbox.post("/_/sign", { provider: "shopify", event: "shop/redact", forge: "timestamp" });
    expect(answer.status).toBe(400);
    const noCertificate = { provider: "zoom", event: "meeting.created", forge: "certificate" };
    expect((await sandbox.post("/_/sign", noCertificate)).status).toBe(400);
  });
});
