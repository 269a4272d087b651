import type { tl } from "@mtcute/core";
import { computeSrpParams } from "@mtcute/core/utils.js";
import type { BaseTelegramClient } from "@mtcute/node";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { registeredApp } from "../../src/telegram/registered-app.ts";
import { bench } from "../harness.ts";
import { waitUntil, within } from "@patchbay/mtproto-server/test/wait";
import { createMtcuteClient, type MtcuteOptions, trustTestKey } from "@patchbay/mtproto-server/test/mtcute";
import { numbers, wrong } from "./accounts-harness.ts";

// A stricter client than gramjs, of a newer layer and another hand.

const { lena, marco, yuki, amara } = numbers;
const sandbox = bench({}, { telegramPort: 0 });
const clients: BaseTelegramClient[] = [];

beforeAll(trustTestKey);
afterEach(async () => void (await Promise.all(clients.splice(0).map((client) => client.destroy()))));

async function client(options?: MtcuteOptions): Promise<BaseTelegramClient> {
  const { telegram } = (await sandbox.read("apps")) as { telegram?: { proxy: string } };
  const made = createMtcuteClient(Number(new URL(telegram?.proxy ?? "").port), options);
  clients.push(made);
  return made;
}

async function signInWith(self: BaseTelegramClient, phoneNumber: string, code?: string) {
  const settings = { _: "codeSettings" } as const;
  const sent = await within(8000, self.call({ _: "auth.sendCode", phoneNumber, ...registeredApp, settings }));
  if (sent._ !== "auth.sentCode") throw new Error("no code was sent");
  const query = `telegram/messages?phone=${encodeURIComponent(phoneNumber)}`;
  const [message] = (await sandbox.read(query)) as unknown as { code: string }[];
  const phoneCode = code ?? message?.code ?? "";
  return within(8000, self.call({ _: "auth.signIn", phoneNumber, phoneCodeHash: sent.phoneCodeHash, phoneCode }));
}

async function givePassword(self: BaseTelegramClient, text: string) {
  const question = await within(8000, self.call({ _: "account.getPassword" }));
  const password = await computeSrpParams(self.crypto, question, text);
  return within(8000, self.call({ _: "auth.checkPassword", password }));
}

const exportToken = (self: BaseTelegramClient): Promise<tl.auth.TypeLoginToken> =>
  within(8000, self.call({ _: "auth.exportLoginToken", ...registeredApp, exceptIds: [] }));

async function shown(self: BaseTelegramClient): Promise<Uint8Array> {
  const answer = await exportToken(self);
  if (answer._ !== "auth.loginToken") throw new Error("no token was given");
  return answer.token;
}

const named = (firstName: string) => ({ _: "auth.authorization", user: { _: "user", firstName } });
const whoAmI = (self: BaseTelegramClient) =>
  within(8000, self.call({ _: "users.getUsers", id: [{ _: "inputUserSelf" }] }));

describe.each([false, true])("with temporary keys: %s", (usePfs) => {
  it("a code lets in, and the client learns who it is", async () => {
    const self = await client({ usePfs });
    expect(await signInWith(self, lena)).toMatchObject(named("Lena"));
    expect(await whoAmI(self)).toMatchObject([{ _: "user", id: 6_120_443_871, phone: "12025550101" }]);
    const full = await within(8000, self.call({ _: "users.getFullUser", id: { _: "inputUserSelf" } }));
    expect(full.fullUser).toMatchObject({ _: "userFull", about: "Ceramics, slowly." });
    expect(await self.call({ _: "updates.getState" })).toMatchObject({ _: "updates.state" });
  });

  it("a password is asked for, and a wrong one refused", async () => {
    const self = await client({ usePfs });
    await expect(signInWith(self, marco)).rejects.toMatchObject({ code: 401, text: "SESSION_PASSWORD_NEEDED" });
    await expect(givePassword(self, "latte")).rejects.toMatchObject({ text: "PASSWORD_HASH_INVALID" });
    expect(await givePassword(self, "espresso doppio")).toMatchObject(named("Marco"));
  });
});

it("a wrong code is refused", async () => {
  const self = await client();
  await expect(signInWith(self, lena, "x")).rejects.toMatchObject({ text: "PHONE_CODE_INVALID" });
  await expect(signInWith(self, lena, wrong("12345"))).rejects.toMatchObject({ text: "PHONE_CODE_INVALID" });
});

it("a person of the other data centre is found there", async () => {
  const self = await client();
  expect(await signInWith(self, yuki)).toMatchObject(named("Yuki"));
  expect(await sandbox.read(`telegram/sessions?phone=${encodeURIComponent(yuki)}`)).toMatchObject([{ dc: 4 }]);
});

it("a QR code is accepted by a second client, of which the first one hears", async () => {
  const [self, phone] = [await client(), await client()];
  await signInWith(phone, lena);
  const heard: unknown[] = [];
  self.onServerUpdate.add((update) => heard.push(update));
  const token = await shown(self);
  expect(await phone.call({ _: "auth.acceptLoginToken", token })).toMatchObject({ deviceModel: expect.any(String) });
  await waitUntil(() => heard.length > 0);
  expect(heard).toMatchObject([{ _: "updateShort", update: { _: "updateLoginToken" } }]);
  expect(await exportToken(self)).toMatchObject({ _: "auth.loginTokenSuccess", authorization: named("Lena") });
});

it("a QR code that is accepted at the other data centre leads there, and to a password", async () => {
  const self = await client();
  const url = `tg://login?token=${Buffer.from(await shown(self)).toString("base64url")}`;
  await sandbox.control("telegram/scan", { phone: amara, url });
  const moved = await exportToken(self);
  if (moved._ !== "auth.loginTokenMigrateTo") throw new Error("the token leads nowhere");
  await self.mt.network.changePrimaryDc(moved.dcId);
  const brought = within(8000, self.call({ _: "auth.importLoginToken", token: moved.token }));
  await expect(brought).rejects.toMatchObject({ text: "SESSION_PASSWORD_NEEDED" });
  expect(await givePassword(self, "Höhenweg-42")).toMatchObject(named("Amara"));
});

it("a session ends by a log-out, or elsewhere", async () => {
  const [self, other] = [await client(), await client()];
  await signInWith(self, lena);
  await signInWith(other, lena);
  const list = await self.call({ _: "account.getAuthorizations" });
  expect(list.authorizations).toHaveLength(2);
  expect(await self.call({ _: "auth.logOut" })).toMatchObject({ _: "auth.loggedOut" });
  await expect(whoAmI(self)).rejects.toMatchObject({ text: "AUTH_KEY_UNREGISTERED" });
  await sandbox.control("telegram/end", { phone: lena });
  await expect(whoAmI(other)).rejects.toMatchObject({ text: "SESSION_REVOKED" });
});

it("a flood is told with its seconds", async () => {
  const self = await client();
  await sandbox.control("fail", { host: "telegram", path: "auth.", body: "FLOOD_WAIT_3600" });
  await expect(signInWith(self, lena)).rejects.toMatchObject({ text: "FLOOD_WAIT_%d", seconds: 3600 });
});
