import { describe, expect, it } from "vitest";
import { basicAuth, bearerAuth, bench, hour, json, type Json } from "../harness.ts";

const sandbox = bench();
const api = "/api-m.sandbox.paypal.com";
const auth = basicAuth("sandbox-paypal", "EHs4uKq9ZtVb2mWcX7rPfL1nDj6yTg8aQo3iRk5e");
const appToken = async () =>
  json(await sandbox.form(`${api}/v1/oauth2/token`, { grant_type: "client_credentials" }, auth));

interface Delivery {
  body: string;
  headers: Record<string, string>;
  forged?: string;
}
const sign = async (more: Json = {}): Promise<Delivery[]> => {
  const order = { provider: "paypal", event: "IDENTITY.AUTHORIZATION-CONSENT.REVOKED", ...more };
  return ((await sandbox.control("sign", order)) as unknown as { requests: Delivery[] }).requests;
};

/** What an app asks of a delivery, with the event's own bytes in it. */
async function verify({ body, headers }: Delivery, more: Json = {}, event = body): Promise<Response> {
  const fields = {
    auth_algo: headers["paypal-auth-algo"],
    cert_url: headers["paypal-cert-url"],
    transmission_id: headers["paypal-transmission-id"],
    transmission_sig: headers["paypal-transmission-sig"],
    transmission_time: headers["paypal-transmission-time"],
    webhook_id: "7SB39025PW441862M",
    ...more,
  };
  const { access_token } = await appToken();
  return fetch(sandbox.url(`${api}/v1/notifications/verify-webhook-signature`), {
    method: "POST",
    headers: { "content-type": "application/json", ...bearerAuth(access_token) },
    body: `${JSON.stringify(fields).slice(0, -1)},"webhook_event":${event}}`,
  });
}
const verdict = async (...asked: Parameters<typeof verify>) =>
  (await json(await verify(...asked)))["verification_status"];

describe("PayPal's token of the app", () => {
  it("PayPal's token of the app is the same until it ends, has no refresh token, and opens nobody's account", async () => {
    const first = await appToken();
    expect(first).toMatchObject({ expires_in: 32_400, app_id: expect.stringMatching(/^APP-/), token_type: "Bearer" });
    expect(first).not.toHaveProperty("refresh_token");
    expect((await appToken())["access_token"]).toBe(first["access_token"]);
    const who = await sandbox.get(
      `${api}/v1/identity/oauth2/userinfo?schema=paypalv1.1`,
      bearerAuth(first["access_token"]),
    );
    expect(who.status).toBe(401);
    await sandbox.form(`${api}/v1/oauth2/token/terminate`, { token: String(first["access_token"]) }, auth);
    const second = await appToken();
    expect(second["access_token"]).not.toBe(first["access_token"]);
    await sandbox.control("clock", { advanceMs: 9 * hour });
    expect((await appToken())["access_token"]).not.toBe(second["access_token"]);
  });
});

describe("PayPal's own judgement of a delivery", () => {
  it("PayPal judges SUCCESS for the bytes that were sent, and for no others", async () => {
    const [right] = await sign({ patch: { summary: 'braces } in "text" \\ {' } });
    if (right === undefined) throw new Error("nothing was signed");
    expect(await verdict(right)).toBe("SUCCESS");
    expect(await verdict(right, {}, JSON.stringify(JSON.parse(right.body), null, 1))).toBe("FAILURE");
    expect(await verdict(right, { webhook_id: "WEBHOOK_ID" })).toBe("FAILURE");
    expect(await verdict(right, { auth_algo: "SHA1withRSA" })).toBe("FAILURE");
  });

  it.each(["signature", "body", "timestamp", "certificate"])(
    "PayPal judges FAILURE if the %s is forged",
    async (forge) => {
      for (const delivery of await sign({ forge }))
        expect([delivery.forged, await verdict(delivery)]).toEqual([delivery.forged, "FAILURE"]);
    },
  );

  it("PayPal's judgement needs every field, and a token of the app that lives", async () => {
    const [right] = await sign();
    if (right === undefined) throw new Error("nothing was signed");
    expect((await verify(right, { transmission_id: undefined })).status).toBe(400);
    const path = `${api}/v1/notifications/verify-webhook-signature`;
    expect((await sandbox.post(path, {}, bearerAuth("none"))).status).toBe(401);
  });
});
