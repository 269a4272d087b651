import { Api, type TelegramClient } from "telegram";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { registeredApp } from "../../src/telegram/registered-app.ts";
import { bench, type Json, json } from "../harness.ts";
import { createGramjsClient, trustTestKey } from "@patchbay/mtproto-server/test/gramjs";
import { within } from "@patchbay/mtproto-server/test/wait";
import { numbers } from "./accounts-harness.ts";

const sandbox = bench({}, { telegramPort: 0 });
const { yuki, noah } = numbers;
let client: TelegramClient;

beforeAll(async () => {
  trustTestKey();
  const { telegram } = (await sandbox.read("apps")) as { telegram: { proxy: string } };
  client = createGramjsClient(Number(new URL(telegram.proxy).port));
  await within(10_000, client.connect());
});
afterAll(() => client.destroy());

const exportToken = () =>
  within(8000, client.invoke(new Api.auth.ExportLoginToken({ ...registeredApp, exceptIds: [] })));

async function shownUrl(): Promise<string> {
  const answer = await exportToken();
  if (!(answer instanceof Api.auth.LoginToken)) throw new Error("no token was given");
  return `tg://login?token=${answer.token.toString("base64url")}`;
}

async function sendCode(phoneNumber: string): Promise<void> {
  const settings = new Api.CodeSettings({});
  await within(8000, client.invoke(new Api.auth.SendCode({ phoneNumber, ...registeredApp, settings })));
}

const page = async (path: string): Promise<string> => (await sandbox.get(path)).text();
const listOf = async (what: string, phone: string): Promise<Json[]> =>
  (await sandbox.read(`telegram/${what}?phone=${encodeURIComponent(phone)}`)) as unknown as Json[];

describe("the control API of Telegram", () => {
  it("the control API lists Telegram's people with their numbers and passwords", async () => {
    const { telegram } = (await sandbox.read("people")) as { telegram: Json[] };
    expect(telegram).toHaveLength(7);
    expect(telegram[1]).toMatchObject({
      person: "marco",
      name: "Marco Bellini",
      phone: "+12025550102",
      password: "espresso doppio",
      dc: 2,
    });
    expect(telegram[0]).not.toHaveProperty("password");
  });

  it("the control API has Telegram's app, its proxy and the key to trust", async () => {
    const { telegram } = (await sandbox.read("apps")) as { telegram: Json };
    expect(telegram).toMatchObject(registeredApp);
    expect(telegram["proxy"]).toMatch(/^socks5:\/\/127\.0\.0\.1:\d+$/);
    expect(telegram["serverKeys"]).toContain("BEGIN RSA PUBLIC KEY");
  });

  it("the control API lists the codes that arrived, newest first, until a reset", async () => {
    await sendCode(yuki);
    expect(await listOf("messages", yuki)).toEqual([
      { code: expect.stringMatching(/^\d{5}$/), at: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
    await sandbox.control("reset");
    expect(await listOf("messages", yuki)).toEqual([]);
  });

  it("the control API scans a QR code, lists the new session, and ends it", async () => {
    expect(await sandbox.control("telegram/scan", { url: await shownUrl(), phone: yuki })).toEqual({ accepted: true });
    await exportToken();
    expect(await listOf("sessions", yuki)).toMatchObject([{ model: "Bench", app: "2", system: "1", dc: 4 }]);
    expect(await sandbox.read("grants?provider=telegram")).toMatchObject([{ person: "yuki", live: true }]);
    expect(await sandbox.control("telegram/end", { phone: yuki })).toEqual({ ended: 1 });
    expect(await listOf("sessions", yuki)).toEqual([]);
  });

  it("the control API explains what it does not understand", async () => {
    const says = async (action: string, body: object) => {
      const answer = await sandbox.post(`/_/telegram/${action}`, body);
      return `${answer.status} ${String((await json(answer))["message"])}`;
    };
    expect(await says("end", { phone: "+1" })).toBe('400 Nobody on Telegram has the number "+1".');
    expect(await says("scan", { phone: yuki })).toContain("400");
    expect(await says("scan", { phone: yuki, url: "tg://login?token=AAAAAAAAAAAAAAAAAAAAAAAA" })).toContain(
      "AUTH_TOKEN_INVALID2",
    );
    expect(await says("nothing", {})).toContain("404");
    const url = await shownUrl();
    await sandbox.control("clock", { advanceMs: 30_000 });
    expect(await says("scan", { phone: yuki, url })).toContain("400 This QR code has expired");
  });
});

describe("the phone page", () => {
  beforeEach(() => sandbox.control("reset"));

  it("the front page leads to a phone for each person", async () => {
    expect(await page("/")).toContain('href="/telegram"');
    const phones = await page("/telegram");
    for (const text of ["Yuki Tanaka", "Victor Crane", 'href="/telegram/lena"']) expect(phones).toContain(text);
    expect((await sandbox.get("/telegram/nobody")).status).toBe(404);
    expect(await page("/telegram/marco")).toContain("<code>espresso doppio</code>");
  });

  it("a phone shows its codes and reloads without a script", async () => {
    await sendCode(yuki);
    const [message] = await listOf("messages", yuki);
    const answer = await sandbox.get("/telegram/yuki");
    const text = await answer.text();
    expect(text).toContain(`<code class="big">${String(message?.["code"])}</code>`);
    expect(text).toContain('<meta http-equiv="refresh"');
    expect(text).not.toContain("<script");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await page("/telegram/yuki/scan")).not.toContain("http-equiv");
  });

  it("a phone scans a pasted QR code, and says why it cannot", async () => {
    const wrong = await sandbox.form("/telegram/yuki/scan", { url: "https://example.com/<b>" });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain("no QR code of Telegram");
    expect((await sandbox.form("/telegram/noah/scan", { url: await shownUrl() })).status).toBe(422);
    const scanned = await sandbox.form("/telegram/yuki/scan", { url: ` ${await shownUrl()} ` });
    expect([scanned.status, scanned.headers.get("location")]).toEqual([303, "/telegram/yuki"]);
    expect(await exportToken()).toBeInstanceOf(Api.auth.LoginTokenSuccess);
  });

  it("a phone shows its devices, and ends the chosen one", async () => {
    await sandbox.control("telegram/scan", { url: await shownUrl(), phone: yuki });
    await exportToken();
    const text = await page("/telegram/yuki");
    expect(text).toContain("Bench, 2");
    const hash = /name="hash" value="(-?\d+)"/.exec(text)?.[1] ?? "";
    await sandbox.form("/telegram/yuki/end", { hash: "1" });
    expect(await listOf("sessions", yuki)).toHaveLength(1);
    await sandbox.form("/telegram/yuki/end", { hash });
    expect(await listOf("sessions", yuki)).toEqual([]);
  });

  it("a phone accepts no form from another origin", async () => {
    const url = await shownUrl();
    const answer = await sandbox.form("/telegram/yuki/scan", { url }, { origin: "https://evil.example" });
    expect(answer.status).toBe(403);
    expect(await listOf("messages", noah)).toEqual([]);
  });
});

it("the control API makes the server forget all keys, and clients are then unknown", async () => {
  const other = createGramjsClient(Number(new URL(String((await apps())["proxy"])).port));
  try {
    await within(10_000, other.connect());
    await sandbox.control("telegram/forget");
    const asked = other.invoke(new Api.help.GetConfig());
    await expect(within(1500, asked)).rejects.toThrow("nothing within");
  } finally {
    await other.destroy();
  }
});

const apps = async (): Promise<Json> => (await sandbox.read("apps"))["telegram"] as Json;
