import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import type { Answer, Browser } from "./harness/browser.ts";
import { openWorld } from "./harness/open-world.ts";
import { eventually } from "./harness/probe.ts";
import { openStream } from "./harness/stream.ts";
import { list } from "./harness/walk.ts";

// Each login in steps opens connections of its own.
vi.setConfig({ testTimeout: 60_000 });

const world = await openWorld({ telegram: true });

const lena = { phone: "+12025550101", name: "Lena Fischer" };
const marco = { phone: "+12025550102", name: "Marco Bellini", password: "espresso doppio" };
const yuki = { phone: "+61491570156", name: "Yuki Tanaka" };
const amara = { phone: "+33639980104", name: "Amara Nwosu", password: "Höhenweg-42" };
const paths = "/api/v1/channels/telegram";

const text = (answer: Answer, field: string): string => String(answer.json[field]);
const call = (browser: Browser, path: string, body?: unknown) =>
  body === undefined ? browser.send(`${paths}/${path}`, { method: "POST" }) : browser.post(`${paths}/${path}`, body);

/** Asks for a code and reads it from the phone. */
async function send(browser: Browser, phone: string): Promise<{ sessionId: string; code: string }> {
  const sent = await call(browser, "connect/phone", { phoneNumber: phone });
  expect(sent.status).toBe(200);
  expect(sent.json).toMatchObject({ codeLength: 5 });
  const [code = ""] = await world.control.listCodes(phone);
  return { sessionId: text(sent, "sessionId"), code };
}

/** Polls as the requirements' page does, until something else than waiting is told. */
async function poll(browser: Browser, sessionId: string): Promise<Answer> {
  for (let tries = 0; tries < 15; tries += 1) {
    const answer = await browser.get(`${paths}/connect/qr/check?sessionId=${sessionId}`);
    if (answer.json["status"] !== "pending") return answer;
    await sleep(500);
  }
  throw new Error("still pending");
}

describe("by phone", () => {
  test.each([lena, yuki])(
    "a login by phone connects $name by code, on either data centre, and disconnects",
    async ({ phone, name }) => {
      const browser = await world.signedIn();
      const { sessionId, code } = await send(browser, phone);
      const verified = await call(browser, "connect/verify-code", { sessionId, code });
      expect(verified.json).toMatchObject({ success: true, name });
      expect(await list(browser)).toMatchObject([{ provider: "telegram", label: name, status: "active" }]);
      expect(await world.control.countSessions(phone)).toBe(1);
      const gone = await call(browser, "disconnect", { accountId: verified.json["accountId"] });
      expect(gone.json["revocations"]).toEqual([{ outcome: "revoked" }]);
      expect(await world.control.countSessions(phone)).toBe(0);
    },
  );

  test.each([marco, amara])(
    "a login by phone asks $name for the password, with its hint",
    async ({ phone, name, password }) => {
      const browser = await world.signedIn();
      const { sessionId, code } = await send(browser, phone);
      const verified = await call(browser, "connect/verify-code", { sessionId, code });
      expect(verified.json).toMatchObject({ passwordNeeded: true, hint: expect.any(String) as string });
      const wrong = await call(browser, "connect/verify-2fa", { sessionId, password: "wrong" });
      expect(wrong.status).toBe(422);
      expect(wrong.json).toMatchObject({ code: "password_rejected", attemptsLeft: 4 });
      const done = await call(browser, "connect/verify-2fa", { sessionId, password });
      expect(done.json).toMatchObject({ success: true, name });
    },
  );

  test("each step may be taken by another process", async () => {
    const [second, third] = await Promise.all([world.another(), world.another()]);
    const browser = await world.signedIn();
    const { sessionId, code } = await send(browser, marco.phone);
    const at = (url: string, path: string, body: unknown) => browser.post(`${url}${paths}/connect/${path}`, body);
    expect((await at(second.url, "verify-code", { sessionId, code })).json).toMatchObject({ passwordNeeded: true });
    const done = await at(third.url, "verify-2fa", { sessionId, password: marco.password });
    expect(done.json).toMatchObject({ success: true });
    await Promise.all([second.stop(), third.stop()]);
  });

  test("67. a code is guessed five times and no more, whatever session it is tried from", async () => {
    const browser = await world.signedIn();
    const { sessionId, code } = await send(browser, lena.phone);
    const wrong = code === "00000" ? "11111" : "00000";
    for (const attemptsLeft of [4, 3, 2, 1]) {
      const answer = await call(browser, "connect/verify-code", { sessionId, code: wrong });
      expect(answer.json).toMatchObject({ code: "code_rejected", attemptsLeft });
    }
    const last = await call(browser, "connect/verify-code", { sessionId, code: wrong });
    expect(last.json["code"]).toBe("too_many_requests");
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(3000);
    const again = await send(browser, lena.phone);
    const later = await call(browser, "connect/verify-code", again);
    expect(later.json).toMatchObject({ code: "too_many_requests", field: "code" });
    const besides = { attempt: again.sessionId, values: { other: "", code: again.code } };
    expect((await browser.post("/api/trpc/connect.resume", besides)).text).toContain('"failure":"invalid_request"');
    expect(await list(browser)).toEqual([]);
  });

  test("a login by phone is watched by twenty streams of a user at the most, and by another one when one of them is closed", async () => {
    const browser = await world.signedIn();
    const { sessionId } = await send(browser, lena.phone);
    const input = encodeURIComponent(JSON.stringify({ attempt: sessionId }));
    const watch = () => openStream(browser, `connect.watch?input=${input}`);
    const streams = await Promise.all(Array.from({ length: 20 }, watch));
    for (const { told } of streams) await eventually(async () => expect(JSON.stringify(told)).toContain('"ask"'));
    const refused = await watch();
    await refused.ended;
    expect(JSON.stringify(refused.told)).toMatch(/"failure":"too_many_requests","retryAfter":\d+/);
    await streams[0]?.[Symbol.asyncDispose]();
    // The process hears a moment later that the stream is closed.
    await eventually(async () => {
      await using again = await watch();
      await eventually(async () => expect(again.told).not.toEqual([]));
      expect(JSON.stringify(again.told)).toContain('"ask"');
    });
    await Promise.all(streams.map((stream) => stream[Symbol.asyncDispose]()));
  });

  test.each(["not a number", "+1 202", "12025550101", "+999"])("72. %j is no phone number", async (phoneNumber) => {
    const browser = await world.signedIn();
    const answer = await call(browser, "connect/phone", { phoneNumber });
    expect(answer.json["code"]).toBe("invalid_request");
  });

  test("after ten logins by phone in a minute the user has to wait; starts at other providers do not count", async () => {
    const browser = await world.signedIn();
    for (let turn = 0; turn < 10; turn += 1) await browser.get("/api/v1/channels/zoom/auth");
    const answers = [];
    for (let turn = 0; turn < 11; turn += 1)
      answers.push(await call(browser, "connect/phone", { phoneNumber: "+12025550199" }));
    expect(answers.slice(0, 10).map(({ json }) => json["code"])).not.toContain("too_many_requests");
    expect(answers.at(-1)?.json["code"]).toBe("too_many_requests");
  });

  test("a login whose notes do not open has failed, and is over", async () => {
    const browser = await world.signedIn();
    const { sessionId, code } = await send(browser, lena.phone);
    await world.sql(
      "update attempt set provider_state = set_byte(provider_state, 40, get_byte(provider_state, 40) # 1) where status = 'awaiting_user'",
    );
    expect((await call(browser, "connect/verify-code", { sessionId, code })).status).toBe(500);
    const again = await call(browser, "connect/verify-code", { sessionId, code });
    expect(again.json["code"]).toBe("outcome_unknown");
  });

  test("a GET makes nobody's phone ring", async () => {
    const browser = await world.signedIn();
    const before = (await world.control.listCodes(lena.phone)).length;
    expect((await browser.get(`${paths}/auth?phone=${encodeURIComponent(lena.phone)}`)).status).toBe(422);
    expect(await world.control.listCodes(lena.phone)).toHaveLength(before);
  });
});

describe("by QR code", () => {
  test.each([lena, yuki])("a login by QR code connects $name, on either data centre", async ({ phone, name }) => {
    const browser = await world.signedIn();
    const begun = await call(browser, "connect/qr");
    expect(text(begun, "qrUrl")).toMatch(/^tg:\/\/login\?token=[\w-]+$/);
    await world.control.scanQrCode({ url: text(begun, "qrUrl"), phone: phone });
    expect((await poll(browser, text(begun, "sessionId"))).json).toMatchObject({
      success: true,
      status: "connected",
      name,
    });
    expect(await list(browser)).toHaveLength(1);
  });

  test.each([marco, amara])(
    "a login by QR code asks $name for the password after the scan",
    async ({ phone, name, password }) => {
      const browser = await world.signedIn();
      const begun = await call(browser, "connect/qr");
      await world.control.scanQrCode({ url: text(begun, "qrUrl"), phone: phone });
      const sessionId = text(begun, "sessionId");
      expect((await poll(browser, sessionId)).json).toMatchObject({ status: "passwordNeeded", passwordNeeded: true });
      const done = await call(browser, "connect/verify-2fa", { sessionId, password });
      expect(done.json).toMatchObject({ success: true, name });
    },
  );

  test("70. a fresh code comes when the old one has run out", async () => {
    const browser = await world.signedIn();
    const begun = await call(browser, "connect/qr");
    await world.control.setClock({ advanceMs: 31_000 });
    await sleep(2000);
    const check = `${paths}/connect/qr/check?sessionId=${text(begun, "sessionId")}`;
    try {
      await expect
        .poll(async () => (await browser.get(check)).json, { timeout: 10_000 })
        .not.toMatchObject({ qrUrl: begun.json["qrUrl"] });
      expect((await browser.get(check)).json).toMatchObject({ status: "pending", qrUrl: expect.any(String) });
    } finally {
      await world.control.setClock({ advanceMs: -31_000 });
    }
  });

  test("a code that is looked at every half second opens a connection to Telegram every nine seconds", async () => {
    const browser = await world.signedIn();
    const begun = await call(browser, "connect/qr");
    const exports = async () =>
      (await world.control.listCalls()).calls.filter(({ path }) => path === "auth.exportLoginToken").length;
    await sleep(2000);
    const [before, began] = [await exports(), performance.now()];
    for (let looks = 0; looks < 10; looks += 1) {
      await browser.get(`${paths}/connect/qr/check?sessionId=${text(begun, "sessionId")}`);
      await sleep(500);
    }
    // On each connection a token is asked for at its beginning and at its end.
    const most = 2 * Math.ceil((performance.now() - began) / 9000);
    expect((await exports()) - before).toBeLessThanOrEqual(most);
    await world.control.scanQrCode({ url: text(begun, "qrUrl"), phone: lena.phone });
    expect((await poll(browser, text(begun, "sessionId"))).json).toMatchObject({ status: "connected" });
  });
});

test("74. a session that was ended elsewhere counts as disconnected", async () => {
  const browser = await world.signedIn();
  const { sessionId, code } = await send(browser, yuki.phone);
  const { json } = await call(browser, "connect/verify-code", { sessionId, code });
  await world.control.endSessions({ phone: yuki.phone });
  const gone = await call(browser, "disconnect", { accountId: json["accountId"] });
  expect(gone.json["revocations"]).toEqual([{ outcome: "revoked" }]);
});

test("73. the session is in no log and in no column in clear", async () => {
  const rows = await world.sql<{ id: string; secret: Buffer }>(
    "select id, secret from credential where provider = 'telegram'",
  );
  const sessions = rows.map(({ id, secret }) => {
    const { metadata } = world.seals.openCredentials(secret, { id, provider: "telegram" });
    return metadata["session"] ?? "";
  });
  expect(sessions.length).toBeGreaterThan(0);
  const tables = ["attempt", "credential", "connection", "audit_event", "failed_verification"];
  const dump = await Promise.all(tables.map((table) => world.sql(`select to_jsonb(t)::text as row from ${table} t`)));
  const seen = `${world.logged()}${JSON.stringify(dump)}`;
  for (const session of sessions) expect(seen).not.toContain(session.slice(8, 40));
});
