import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { client, deliver, expectRefusalOfAnything, outcome } from "../../../test/webhooks.ts";
import { calendlyWebhooks } from "./webhooks.ts";

const key = "calendly-test-signing-key-0001";
const t = 1795428000;
const now = new Date(t * 1000);
const body =
  '{"event":"invitee.created","created_at":"2026-11-23T10:00:00.000000Z","created_by":"https://api.calendly.com/users/AAAAAAAAAAAAAAAA","payload":{"uri":"https://api.calendly.com/scheduled_events/E1/invitees/I1"}}';
const v1 = "72db75ff241c33529fb4b41bb57dd86ec3957eb35ebbb35feda6cda9c46f4cbc";
const webhooks = calendlyWebhooks(client({ secrets: ["an older one", key] }));
const header = "calendly-webhook-signature";
const receive = (signature: string | undefined, text = body, at = now) =>
  outcome(webhooks, deliver(text, { [header]: signature }), at);
const mac = (text: string, time: number | string = t) =>
  createHmac("sha256", key).update(`${time}.${text}`).digest("hex");
const received = expect.objectContaining({ type: "event" });

describe("a delivery of Calendly's", () => {
  test("a delivery of Calendly's whose signature holds is received, whatever else stands in the header", async () => {
    expect(mac(body)).toBe(v1);
    for (const signature of [`t=${t},v1=${v1}`, `v1=${v1}, t=${t}`, `t=${t},v2=x,v1=${"0".repeat(64)},v1=${v1}`])
      expect(await receive(signature)).toEqual({
        type: "event",
        id: expect.stringMatching(/^\w{64}$/),
        topic: "invitee.created",
      });
  });

  test("62. a delivery of Calendly's is taken for three minutes, and refused at four", async () => {
    for (const [seconds, taken] of [
      [180, true],
      [-180, true],
      [181, false],
      [-181, false],
      [240, false],
    ] as const)
      expect(await receive(`t=${t},v1=${v1}`, body, new Date((t + seconds) * 1000))).toEqual(
        taken ? received : "invalid_signature",
      );
  });

  test.each([
    ["no header", undefined],
    ["an empty one", ""],
    ["no signature", `t=${t}`],
    ["an empty signature", `t=${t},v1=`],
    ["no time", `v1=${v1}`],
    ["another time", `t=${t + 1},v1=${v1}`],
    ["a time that is no number", `t=now,v1=${mac(body, "now")}`],
    ["another version alone", `t=${t},v0=${v1}`],
    ["half a signature", `t=${t},v1=${v1.slice(0, 32)}`],
    ["more behind the signature", `t=${t},v1=${v1}00`],
    ["a signature in capitals", `t=${t},v1=${v1.toUpperCase()}`],
    ["another signature", `t=${t},v1=${v1.replace(/^7/, "8")}`],
    ["letters that are none of hex", `t=${t},v1=${"ü".repeat(32)}`],
  ])("62. a delivery of Calendly's with %s is refused", async (_what, signature) => {
    expect(await receive(signature)).toBe("invalid_signature");
  });

  test("62. a delivery of Calendly's that was written anew is refused, though it says the same", async () => {
    expect(await receive(`t=${t},v1=${v1}`, JSON.stringify(JSON.parse(body), null, 1))).toBe("invalid_signature");
  });

  test("a delivery of Calendly's is refused where no secret is set, or an empty list", async () => {
    const delivery = deliver(body, { [header]: `t=${t},v1=${v1}` });
    for (const none of [client({ secrets: [] }), { ...client({ secrets: [] }), webhook: undefined as never }])
      expect(await outcome(calendlyWebhooks(none), delivery, now)).toBe("invalid_signature");
  });

  test("a delivery of Calendly's has the same id each time, and another where anything about it is another", async () => {
    const ids = await Promise.all(
      [
        body,
        ` ${body}`,
        body.replace("created", "canceled"),
        body.replace("I1", "I2"),
        body.replace("10:00", "10:01"),
      ].map(async (text) => {
        const notification = await receive(`t=${t},v1=${mac(text)}`, text);
        return typeof notification === "object" && "id" in notification ? notification.id : undefined;
      }),
    );
    expect(new Set(ids).size).toBe(4);
    expect(ids[1]).toBe(ids[0]);
  });

  test.each([
    "",
    "hello",
    "[]",
    '{"event":1}',
    JSON.stringify({ event: "a\u0000b", created_at: "", payload: { uri: "" } }),
  ])("a delivery of Calendly's %j is received if it is signed, and means nothing", async (text) => {
    expect(await receive(`t=${t},v1=${mac(text)}`, text)).toMatchObject({ type: "event", topic: "unknown" });
    expect(webhooks.read("unknown", Buffer.from(text))).toEqual({ type: "none" });
  });

  test("a delivery of Calendly's is refused for any header and any bytes, and nothing else is thrown", async () => {
    await expectRefusalOfAnything(webhooks, [header], now);
  });
});
