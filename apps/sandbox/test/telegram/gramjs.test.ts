import { Api, password, type TelegramClient } from "telegram";
import { Raw } from "telegram/events/Raw.js";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { registeredApp } from "../../src/telegram/registered-app.ts";
import { bench } from "../harness.ts";
import { numbers, wrong } from "./accounts-harness.ts";
import { createGramjsClient, saveSession, trustTestKey } from "@patchbay/mtproto-server/test/gramjs";
import { within } from "@patchbay/mtproto-server/test/wait";

// An unmodified gramjs, by raw calls, over the wire.

const { lena, marco, yuki, amara, noah } = numbers;
const sandbox = bench({}, { telegramPort: 0 });
const clients: TelegramClient[] = [];

beforeAll(trustTestKey);
afterEach(async () => void (await Promise.all(clients.splice(0).map((client) => client.destroy()))));

const proxyPort = async (): Promise<number> => {
  const { telegram } = (await sandbox.read("apps")) as { telegram?: { proxy: string } };
  return Number(new URL(telegram?.proxy ?? "").port);
};

async function connected(session = ""): Promise<TelegramClient> {
  const client = createGramjsClient(await proxyPort(), { session });
  clients.push(client);
  expect(await within(10_000, client.connect())).toBe(true);
  return client;
}

const invoke = <R extends Api.AnyRequest>(client: TelegramClient, request: R): Promise<R["__response"]> =>
  within(10_000, client.invoke(request));

/** What the error says that a call ends in. */
async function refused(client: TelegramClient, request: Api.AnyRequest): Promise<object> {
  const error: unknown = await invoke(client, request).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  return error as object;
}

const codeFor = async (phone: string): Promise<string> => {
  const messages = (await sandbox.read(`telegram/messages?phone=${encodeURIComponent(phone)}`)) as unknown;
  return (messages as { code: string }[])[0]?.code ?? "none";
};

async function sendCode(client: TelegramClient, phoneNumber: string): Promise<string> {
  const request = new Api.auth.SendCode({ phoneNumber, ...registeredApp, settings: new Api.CodeSettings({}) });
  const sent = await invoke(client, request);
  if (!(sent instanceof Api.auth.SentCode)) throw new Error("no code was sent");
  return sent.phoneCodeHash;
}

const signIn = async (phoneNumber: string, phoneCodeHash: string) =>
  new Api.auth.SignIn({ phoneNumber, phoneCodeHash, phoneCode: await codeFor(phoneNumber) });

async function logIn(client: TelegramClient, phone: string) {
  return invoke(client, await signIn(phone, await sendCode(client, phone)));
}

async function proof(client: TelegramClient, text: string): Promise<Api.auth.CheckPassword> {
  const question = await invoke(client, new Api.account.GetPassword());
  return new Api.auth.CheckPassword({ password: await password.computeCheck(question, text) });
}

const exportToken = () => new Api.auth.ExportLoginToken({ ...registeredApp, exceptIds: [] });

async function shownToken(client: TelegramClient): Promise<Buffer> {
  const answer = await invoke(client, exportToken());
  if (!(answer instanceof Api.auth.LoginToken)) throw new Error("no token was given");
  return answer.token;
}

const accepting = (token: Buffer, phone: string) =>
  sandbox.control("telegram/scan", { phone, url: `tg://login?token=${token.toString("base64url")}` });

const nameOf = (answer: unknown): string | undefined => {
  const authorization = answer instanceof Api.auth.LoginTokenSuccess ? answer.authorization : answer;
  if (!(authorization instanceof Api.auth.Authorization) || !(authorization.user instanceof Api.User)) return undefined;
  return authorization.user.firstName;
};

const whoAmI = new Api.users.GetUsers({ id: [new Api.InputUserSelf()] });

describe("a code", () => {
  it("a code lets GramJS in, in steps of their own client each", async () => {
    const first = await connected();
    const hash = await sendCode(first, lena);
    const session = saveSession(first);
    await first.destroy();
    const second = await connected(session);
    expect(nameOf(await invoke(second, await signIn(lena, hash)))).toBe("Lena");
    const third = await connected(saveSession(second));
    expect(await invoke(third, whoAmI)).toMatchObject([{ className: "User", username: "lena_fischer", self: true }]);
    const full = await invoke(third, new Api.users.GetFullUser({ id: new Api.InputUserSelf() }));
    expect(full.fullUser.about).toBe("Ceramics, slowly.");
  });

  it("a code is refused if it is wrong, or of another client", async () => {
    const client = await connected();
    const hash = await sendCode(client, lena);
    const guess = await signIn(lena, hash);
    guess.phoneCode = wrong(guess.phoneCode ?? "");
    expect(await refused(client, guess)).toMatchObject({ code: 400, errorMessage: "PHONE_CODE_INVALID" });
    const other = await refused(await connected(), await signIn(lena, hash));
    expect(other).toMatchObject({ errorMessage: "PHONE_CODE_EXPIRED" });
  });

  it("a code is sent at the data centre where the person lives", async () => {
    const client = await connected();
    expect(nameOf(await logIn(client, lena))).toBe("Lena");
    expect(client.session.dcId).toBe(2);
    const other = await connected();
    expect(nameOf(await logIn(other, yuki))).toBe("Yuki");
    expect(other.session.dcId).toBe(4);
  });

  it("a code comes again in a text message, or is taken back", async () => {
    const client = await connected();
    const asked = { phoneNumber: lena, phoneCodeHash: await sendCode(client, lena) };
    const again = await invoke(client, new Api.auth.ResendCode(asked));
    expect(again).toMatchObject({ type: { className: "auth.SentCodeTypeSms" } });
    const cancel = new Api.auth.CancelCode({ ...asked, phoneCodeHash: (again as Api.auth.SentCode).phoneCodeHash });
    expect(await invoke(client, cancel)).toBe(true);
  });

  it("a code leads to a sign-up if the number is new", async () => {
    expect(await logIn(await connected(), noah)).toMatchObject({ className: "auth.AuthorizationSignUpRequired" });
  });
});

describe("a password", () => {
  it("a password is asked for after the code, and again after a wrong one", async () => {
    const client = await connected();
    expect(await refused(client, await signIn(marco, await sendCode(client, marco)))).toMatchObject({
      code: 401,
      errorMessage: "SESSION_PASSWORD_NEEDED",
    });
    expect(await refused(client, await proof(client, "latte"))).toMatchObject({
      errorMessage: "PASSWORD_HASH_INVALID",
    });
    expect((await invoke(client, new Api.account.GetPassword())).hint).toBe("what I drink");
    expect(nameOf(await invoke(client, await proof(client, "espresso doppio")))).toBe("Marco");
  });
});

describe("a QR code", () => {
  it("a QR code is accepted by a second client that is logged in", async () => {
    const [client, phone] = [await connected(), await connected()];
    await logIn(phone, yuki);
    const heard = Promise.withResolvers<unknown>();
    client.addEventHandler((update) => heard.resolve(update), new Raw({ types: [Api.UpdateLoginToken] }));
    const token = await shownToken(client);
    expect(await invoke(phone, new Api.auth.AcceptLoginToken({ token }))).toMatchObject({ deviceModel: "Bench" });
    expect(await within(10_000, heard.promise)).toMatchObject({ className: "UpdateLoginToken" });
    expect(nameOf(await invoke(client, exportToken()))).toBe("Yuki");
  });

  it("a QR code asks for the password of a person who has one", async () => {
    const client = await connected();
    await accepting(await shownToken(client), amara);
    expect(await refused(client, exportToken())).toMatchObject({ errorMessage: "SESSION_PASSWORD_NEEDED" });
    expect(nameOf(await invoke(client, await proof(client, "Höhenweg-42")))).toBe("Amara");
    expect(nameOf(await invoke(client, exportToken()))).toBe("Amara");
  });

  it("a QR code leads to the other data centre, with and without a password there", async () => {
    const client = await connected();
    const token = await moved(client, lena);
    expect(nameOf(await invoke(client, new Api.auth.ImportLoginToken({ token })))).toBe("Lena");
    const other = await connected();
    const second = new Api.auth.ImportLoginToken({ token: await moved(other, marco) });
    expect(await refused(other, second)).toMatchObject({ errorMessage: "SESSION_PASSWORD_NEEDED" });
    expect(nameOf(await invoke(other, await proof(other, "espresso doppio")))).toBe("Marco");
    expect(other.session.dcId).toBe(2);
  });
});

/** Goes where a token says that was accepted elsewhere. */
async function moved(client: TelegramClient, phone: string): Promise<Buffer> {
  await accepting(await shownToken(client), phone);
  const answer = await invoke(client, exportToken());
  if (!(answer instanceof Api.auth.LoginTokenMigrateTo)) throw new Error("the token leads nowhere");
  await within(10_000, client._switchDC(answer.dcId));
  return answer.token;
}

describe("an end", () => {
  it("a session of GramJS ends with a log-out", async () => {
    const client = await connected();
    await logIn(client, yuki);
    expect(await invoke(client, new Api.auth.LogOut())).toMatchObject({ className: "auth.LoggedOut" });
    expect(await refused(client, whoAmI)).toMatchObject({ code: 401, errorMessage: "AUTH_KEY_UNREGISTERED" });
  });

  it("a session of GramJS is ended from another device", async () => {
    const [client, other] = [await connected(), await connected()];
    await logIn(client, yuki);
    await logIn(other, yuki);
    const { authorizations } = await invoke(other, new Api.account.GetAuthorizations());
    const [, device] = authorizations;
    if (device === undefined) throw new Error("there is no other device");
    expect(await invoke(other, new Api.account.ResetAuthorization({ hash: device.hash }))).toBe(true);
    expect(await refused(client, whoAmI)).toMatchObject({ errorMessage: "AUTH_KEY_UNREGISTERED" });
    await sandbox.control("telegram/end", { phone: yuki });
    expect(await refused(other, whoAmI)).toMatchObject({ errorMessage: "SESSION_REVOKED" });
  });
});

describe("the control API, with GramJS", () => {
  it("fail makes a method fail by its name", async () => {
    const client = await connected();
    const flood = { host: "telegram", path: "auth.sendCode", body: { error: "FLOOD_WAIT_37", code: 420 } };
    await sandbox.control("fail", flood);
    const error: unknown = await sendCode(client, yuki).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ seconds: 37, code: 420 });
    expect(await sendCode(client, yuki)).not.toBe("");
  });

  it("fail closes the connection before the work or after it, and GramJS asks again", async () => {
    const client = await connected();
    for (const drop of ["before", "after"]) {
      await sandbox.control("fail", { host: "telegram", path: "auth.sendCode", drop });
      expect(await sendCode(client, yuki)).not.toBe("");
    }
    const { calls } = (await sandbox.read("calls")) as { calls: { path: string; status: number; failed: boolean }[] };
    const sends = calls.filter(({ path }) => path === "auth.sendCode");
    expect(sends).toMatchObject([
      { status: 0, failed: true },
      { status: 200 },
      { status: 0, failed: true },
      { status: 200 },
    ]);
    expect(JSON.stringify(calls)).not.toContain(registeredApp.apiHash);
    expect(await codeFor(yuki)).toMatch(/^\d{5}$/);
  });

  it("fail delays an answer", async () => {
    const client = await connected();
    await logIn(client, yuki);
    await sandbox.control("fail", { host: "telegram", path: "users.getUsers", delayMs: 300 });
    const started = Date.now();
    expect(await invoke(client, whoAmI)).toHaveLength(1);
    expect(Date.now() - started).toBeGreaterThanOrEqual(290);
  });

  it("set changes after how many codes FLOOD_WAIT comes", async () => {
    await sandbox.control("set", { provider: "telegram", codesPerPhone: 1 });
    const client = await connected();
    await sendCode(client, yuki);
    expect(await sendCode(client, yuki).catch((thrown: unknown) => thrown)).toMatchObject({ seconds: 600 });
  });
});
