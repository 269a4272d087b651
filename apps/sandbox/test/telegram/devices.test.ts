import { describe, expect, it } from "vitest";
import type { TlObject } from "@patchbay/mtproto-server";
import { createDesk, numbers, refusal } from "./accounts-harness.ts";

const { lena, marco } = numbers;
const me = { id: [{ _: "inputUserSelf" }] };

async function loggedIn(phone = lena) {
  const desk = createDesk();
  const self = desk.client();
  await self.logIn(phone);
  return { ...desk, self };
}

describe("a session", () => {
  it("a session knows its person", async () => {
    const { self } = await loggedIn();
    expect(await self.call("users.getUsers", me)).toMatchObject([{ _: "user", username: "lena_fischer" }]);
    const stranger = { id: [{ _: "inputUser", userId: 5n, accessHash: 0n }] };
    expect(await self.call("users.getUsers", stranger)).toEqual([{ _: "userEmpty", id: 5n }]);
    expect(await self.call("users.getFullUser", { id: { _: "inputUserSelf" } })).toMatchObject({
      _: "users.userFull",
      fullUser: { about: "Ceramics, slowly.", commonChatsCount: 0 },
      users: [{ firstName: "Lena" }],
    });
    expect(await self.refused("users.getFullUser", { id: { _: "inputUser", userId: 5n } })).toBe("400 USER_ID_INVALID");
    expect(await self.call("updates.getState")).toMatchObject({ _: "updates.state" });
  });

  it("a session shows the person as the control API changed them", async () => {
    const { self, accounts } = await loggedIn();
    accounts.state.people.updatePerson("lena", { name: "Lena", answer: { username: null, firstName: "<b>" } });
    const [user] = (await self.call("users.getUsers", me)) as unknown as TlObject[];
    expect(user).toMatchObject({ firstName: "<b>", id: 6_120_443_871n });
    expect(user).not.toHaveProperty("username");
    expect(user).not.toHaveProperty("lastName");
  });

  it("a session ends with a log-out, and its client gets a token for the next login", async () => {
    const { self } = await loggedIn();
    const { futureAuthToken } = await self.call("auth.logOut");
    expect(futureAuthToken).toHaveLength(32);
    expect(await self.refused("users.getUsers", me)).toBe("401 AUTH_KEY_UNREGISTERED");
    expect(await self.refused("auth.logOut")).toBe("401 AUTH_KEY_UNREGISTERED");
  });

  it("a session is ended from another device by its hash", async () => {
    const { self, client } = await loggedIn();
    const other = client();
    await other.logIn(lena);
    const list = (await other.call("account.getAuthorizations"))["authorizations"] as TlObject[];
    expect(list).toMatchObject([
      { current: true, hash: 0n },
      { current: false, deviceModel: "Desk", appVersion: "1.0" },
    ]);
    expect(await other.refused("account.resetAuthorization", { hash: 1n })).toBe("400 HASH_INVALID");
    expect(await other.call("account.resetAuthorization", { hash: list[1]?.["hash"] })).toBe(true);
    expect(await self.refused("users.getUsers", me)).toBe("401 AUTH_KEY_UNREGISTERED");
    expect(await other.call("users.getUsers", me)).toHaveLength(1);
  });

  it("a session that is ended with all others gets SESSION_REVOKED until it logs in again", async () => {
    const { self, client, phone } = await loggedIn();
    const other = client();
    await other.logIn(lena);
    expect(await other.call("auth.resetAuthorizations")).toBe(true);
    expect(await self.refused("users.getUsers", me)).toBe("401 SESSION_REVOKED");
    expect(phone(lena).endSessions()).toBe(1);
    expect(await other.refused("updates.getState")).toBe("401 SESSION_REVOKED");
    await self.logIn(lena);
    expect(await self.call("users.getUsers", me)).toHaveLength(1);
  });

  it("a session ends with its key, and so does a login that has begun", async () => {
    const { self, client, accounts, codeFor, phone } = await loggedIn();
    accounts.onKeyDestroyed?.(self.caller.authKeyId);
    expect(phone(lena).listSessions()).toEqual([]);
    const half = client();
    const asked = { phoneNumber: lena, phoneCodeHash: await half.sendCode(lena), phoneCode: codeFor(lena) };
    accounts.onKeyDestroyed?.(half.caller.authKeyId);
    expect(await half.refused("auth.signIn", asked)).toBe("400 PHONE_CODE_EXPIRED");
    expect(await refusal(half.signIn(marco))).toBe("401 SESSION_PASSWORD_NEEDED");
    accounts.onKeyDestroyed?.(half.caller.authKeyId);
    expect(await half.refused("account.getPassword")).toBe("401 AUTH_KEY_UNREGISTERED");
  });

  it("each key has one session", async () => {
    const { self, phone } = await loggedIn();
    await self.logIn(lena);
    expect(phone(lena).listSessions()).toHaveLength(1);
  });
});

describe("everything else", () => {
  it("an unknown method is reported only to a client that is logged in", async () => {
    const { self, client } = await loggedIn();
    expect(await client().refused("messages.getDialogs")).toBe("401 AUTH_KEY_UNREGISTERED");
    expect(await self.refused("messages.getDialogs")).toBe("400 METHOD_INVALID");
  });

  it("the help methods need no login", async () => {
    const { client } = createDesk();
    expect(await client(4).call("help.getAppConfig")).toMatchObject({ _: "help.appConfig" });
  });
});
