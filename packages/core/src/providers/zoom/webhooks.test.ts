import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { client, deliver, expectNothingOfAnything, expectRefusalOfAnything, outcome } from "../../../test/webhooks.ts";
import { zoomWebhooks } from "./webhooks.ts";

const secret = "zoom-secret-token-test";
const t = "1795428000";
const now = new Date(Number(t) * 1000);
const challenge =
  '{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1795428000123}';
const challengeSignature = "v0=97ada4117d7d59273a2867bde5bdce41ee9f39f4acad2b4ff6adf809315e0ec8";
const gone =
  '{"event":"app_deauthorized","event_ts":1795428000456,"payload":{"account_id":"acc_A","user_id":"usr_B","signature":"","deauthorization_time":"2026-11-23T10:00:00.456Z","client_id":"cid_C"}}';
const goneSignature = "v0=baf47143ca4165ec3d022e31949df9da2199350438661866ef252a640908dd2f";
const webhooks = zoomWebhooks(client({ secrets: ["a former one", secret] }, { id: "cid_C" }));
const receive = (body: string, signature: string | undefined, { time = t, at = now } = {}) =>
  outcome(webhooks, deliver(body, { "x-zm-signature": signature, "x-zm-request-timestamp": time }), at);
const mac = (body: string, time = t) => `v0=${createHmac("sha256", secret).update(`v0:${time}:${body}`).digest("hex")}`;
const asking = (plainToken: unknown) => JSON.stringify({ event: "endpoint.url_validation", payload: { plainToken } });

describe("a delivery of Zoom's", () => {
  test("a delivery of Zoom's whose signature holds is received", async () => {
    expect(mac(gone)).toBe(goneSignature);
    expect(await receive(gone, goneSignature)).toEqual({
      type: "event",
      id: expect.stringMatching(/^\w{64}$/),
      topic: "app_deauthorized",
    });
  });

  test("62. a delivery of Zoom's is taken for five minutes, before and after", async () => {
    for (const [seconds, taken] of [
      [300, true],
      [-300, true],
      [301, false],
      [-301, false],
    ] as const) {
      const answer = await receive(gone, goneSignature, { at: new Date((Number(t) + seconds) * 1000) });
      expect(typeof answer === "object").toBe(taken);
    }
    const late = new Date((Number(t) + 400) * 1000);
    const headers = { "x-zm-signature": goneSignature, "x-zm-request-timestamp": t };
    expect(() => webhooks.receive(deliver(gone, headers), late)).toThrow(
      expect.objectContaining({ code: "invalid_signature", clockDifference: 400 }),
    );
    expect(() => webhooks.receive(deliver(gone, { ...headers, "x-zm-signature": challengeSignature }), late)).toThrow(
      expect.objectContaining({ code: "invalid_signature", clockDifference: undefined }),
    );
  });

  test.each([
    ["no signature", undefined, t],
    ["an empty one", "", t],
    ["the bare hash", goneSignature.slice(3), t],
    ["another version", goneSignature.replace("v0", "v1"), t],
    ["another event's", challengeSignature, t],
    ["another time", goneSignature, "1795428001"],
    ["no time", mac(gone, ""), ""],
    ["a time in milliseconds", mac(gone, `${t}000`), `${t}000`],
  ])("62. a delivery of Zoom's with %s is refused", async (_what, signature, time) => {
    expect(await receive(gone, signature, { time })).toBe("invalid_signature");
  });

  test("a delivery of Zoom's has the same id each time, and another a moment later", async () => {
    const later = gone.replace("456,", "457,");
    const ids = [gone, ` ${gone}`, later].map(async (body) => JSON.stringify(await receive(body, mac(body))));
    const [first, again, other] = await Promise.all(ids);
    expect([again === first, other === first]).toEqual([true, false]);
  });

  test("a delivery of Zoom's is refused for any header and any bytes, and nothing else is thrown", async () => {
    await expectRefusalOfAnything(webhooks, ["x-zm-signature", "x-zm-request-timestamp"], now);
  });
});

describe("Zoom's challenge", () => {
  test("63. Zoom's challenge is met with the hash of its token", async () => {
    expect(await receive(challenge, challengeSignature)).toEqual({
      type: "challenge",
      answer: {
        plainToken: "qgg8vlvZRS6UYooatFL8Aw",
        encryptedToken: "f37dc6820a778bbe15c19d7b258233e80251ebe1b200bfc2db1d26ab0cca7d63",
      },
    });
  });

  test("63. Zoom's challenge is not met where it is not signed: we would sign for anybody", async () => {
    for (const signature of [undefined, "v0=", goneSignature])
      expect(await receive(challenge, signature)).toBe("invalid_signature");
  });

  test.each([`v0:${t}:{}`, "v0:", "a:b", "", "x".repeat(65), 12, null, { a: 1 }])(
    "63. Zoom's challenge with the token %j is refused, for the answer could sign an event",
    async (token) => {
      expect(await receive(asking(token), mac(asking(token)))).toBe("invalid_signature");
    },
  );
});

describe("what Zoom tells", () => {
  test("63. what Zoom tells means that a user's grant ended, if it was a grant of ours", () => {
    expect(webhooks.read("app_deauthorized", Buffer.from(gone))).toEqual({ type: "ended", account: "usr_B" });
    const another = zoomWebhooks(client({ secrets: [secret] }));
    expect(another.read("app_deauthorized", Buffer.from(gone))).toEqual({ type: "none" });
  });

  const payload = { account_id: "acc_A", user_id: "usr_B", signature: "", client_id: "cid_C" };
  const deauthorization_time = "2026-11-23T10:00:00.456Z";

  test.each([
    ["inside the payload", { payload: { ...payload, deauthorization_time, event_ts: 1_795_428_000_456 } }],
    ["as text there", { payload: { ...payload, deauthorization_time, event_ts: "2026-11-23 10:00:00" } }],
    ["by its deauthorization alone", { payload: { ...payload, deauthorization_time } }],
    ["null", { payload: { ...payload, event_ts: null }, event_ts: null }],
    ["nowhere", { payload }],
  ])("63. what Zoom tells means the same with its moment %s", async (_where, shape) => {
    const body = JSON.stringify({ event: "app_deauthorized", ...shape });
    const received = await receive(body, mac(body));
    expect(received).toEqual({ type: "event", id: expect.stringMatching(/^\w{64}$/), topic: "app_deauthorized" });
    expect(await receive(` ${body}`, mac(` ${body}`))).toEqual(received);
    expect(webhooks.read("app_deauthorized", Buffer.from(body))).toEqual({ type: "ended", account: "usr_B" });
  });

  test("63. what Zoom tells about anything else, or in another shape, means nothing", () => {
    expect(webhooks.read("meeting.started", Buffer.from(gone))).toEqual({ type: "none" });
    expectNothingOfAnything(webhooks, ["app_deauthorized"]);
  });
});
