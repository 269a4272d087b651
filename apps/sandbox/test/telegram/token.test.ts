import { describe, expect, it } from "vitest";
import { InvalidRequest } from "../../src/control/invalid-request.ts";
import type { TlObject } from "@patchbay/mtproto-server";
import { createDesk, minute, numbers, refusal } from "./accounts-harness.ts";

const { lena, marco, yuki, amara, noah } = numbers;
const bytes = (answer: TlObject): Buffer => answer["token"] as Buffer;
const urlOf = (answer: TlObject): string => `tg://login?token=${bytes(answer).toString("base64url")}`;
const success = { _: "auth.loginTokenSuccess", authorization: { _: "auth.authorization" } };

/** A client that shows a token, and the phone of somebody who is about to scan it. */
async function shown(phone: string, dc = 2) {
  const desk = createDesk();
  const self = desk.client(dc);
  const answer = await self.exportToken();
  return { ...desk, self, answer, accept: () => desk.phone(phone).scanQrCode(urlOf(answer)) };
}

describe("a QR code", () => {
  it("a QR code stays the same for thirty seconds", async () => {
    const { self, answer, clock } = await shown(lena);
    expect(answer).toMatchObject({ _: "auth.loginToken", expires: clock.now() / 1000 + 30 });
    expect(bytes(answer)).toHaveLength(32);
    clock.advance(29_000);
    expect(await self.exportToken()).toEqual(answer);
    clock.advance(1000);
    expect(bytes(await self.exportToken())).not.toEqual(bytes(answer));
  });

  it("a QR code belongs to the client that shows it", async () => {
    const { client, answer, accept } = await shown(lena);
    const other = await client().exportToken();
    expect(bytes(other)).not.toEqual(bytes(answer));
    accept();
    expect(await client().exportToken()).toMatchObject({ _: "auth.loginToken" });
  });

  it("an accepted QR code logs in the client that shows it, and tells it", async () => {
    const { self, accept, pushed, phone } = await shown(lena);
    accept();
    expect(pushed).toMatchObject([
      { authKeyId: self.caller.authKeyId, update: { _: "updateShort", update: { _: "updateLoginToken" } } },
    ]);
    expect(phone(lena).listSessions()).toEqual([]);
    expect(await self.exportToken()).toMatchObject(success);
    expect(await self.exportToken()).toMatchObject(success);
    expect(phone(lena).listSessions()).toHaveLength(1);
  });

  it("an accepted QR code can be used for five minutes", async () => {
    const { self, accept, clock } = await shown(lena);
    accept();
    clock.advance(5 * minute - 1);
    expect(await self.exportToken()).toMatchObject(success);
    const late = await shown(lena);
    late.accept();
    late.clock.advance(5 * minute);
    expect(await late.self.exportToken()).toMatchObject({ _: "auth.loginToken" });
  });

  it("another client of the person accepts a QR code, and sees the new session", async () => {
    const { self, client, answer } = await shown(lena);
    const other = client();
    await other.logIn(lena);
    const device = await other.call("auth.acceptLoginToken", { token: bytes(answer) });
    expect(device).toMatchObject({ _: "authorization", deviceModel: "Desk", current: false });
    await self.exportToken();
    const list = (await other.call("account.getAuthorizations"))["authorizations"] as TlObject[];
    expect(list.map(({ hash }) => hash)).toEqual([0n, device["hash"]]);
  });

  it("a QR code asks for the password of a person who has one", async () => {
    const { self, accept, accounts } = await shown(marco);
    accept();
    for (let round = 0; round < 2; round += 1)
      expect(await refusal(self.exportToken())).toBe("401 SESSION_PASSWORD_NEEDED");
    expect(accounts.state.logins.listAll()).toEqual([]);
    await self.givePassword("espresso doppio");
    expect(await self.exportToken()).toMatchObject(success);
  });

  it("a QR code refuses the users that the app already has", async () => {
    const { client } = createDesk();
    const answer = await client().exportToken([6_120_443_871n]);
    const other = client();
    await other.logIn(lena);
    expect(await other.refused("auth.acceptLoginToken", { token: bytes(answer) })).toBe("400 AUTH_TOKEN_EXCEPTION");
  });

  it("a QR code is refused if it is used twice, late or unknown, or if no person accepts it", async () => {
    const { client, answer, clock, accept } = await shown(marco);
    const other = client();
    await other.logIn(lena);
    const token = bytes(answer);
    expect(await client().refused("auth.acceptLoginToken", { token })).toBe("401 AUTH_KEY_UNREGISTERED");
    const unknown = Buffer.alloc(32);
    expect(await other.refused("auth.acceptLoginToken", { token: unknown })).toBe("400 AUTH_TOKEN_INVALID2");
    accept();
    expect(await other.refused("auth.acceptLoginToken", { token })).toBe("400 AUTH_TOKEN_ALREADY_ACCEPTED");
    const later = bytes(await client().exportToken());
    clock.advance(30_000);
    expect(await other.refused("auth.acceptLoginToken", { token: later })).toBe("400 AUTH_TOKEN_EXPIRED");
  });
});

describe("a QR code that was accepted at another data centre", () => {
  it("a QR code that was accepted at another data centre is brought there, and lets in there", async () => {
    const { self, client, answer, accept, phone } = await shown(yuki);
    accept();
    const moved = await self.exportToken();
    expect(moved).toEqual({ _: "auth.loginTokenMigrateTo", dcId: 4, token: bytes(answer) });
    const there = client(4);
    expect(await there.call("auth.importLoginToken", { token: bytes(answer) })).toMatchObject(success);
    expect(phone(yuki).listSessions()).toMatchObject([{ dc: 4, authKeyId: there.caller.authKeyId }]);
    const again = { token: bytes(answer) };
    expect(await client(4).refused("auth.importLoginToken", again)).toBe("400 AUTH_TOKEN_ALREADY_ACCEPTED");
    expect(await self.exportToken()).toMatchObject({ _: "auth.loginToken" });
  });

  it("a QR code that was accepted at another data centre asks for the password there", async () => {
    const { client, answer, accept } = await shown(amara);
    accept();
    const [there, another] = [client(4), client(4)];
    const token = { token: bytes(answer) };
    expect(await there.refused("auth.importLoginToken", token)).toBe("401 SESSION_PASSWORD_NEEDED");
    expect(await there.refused("auth.importLoginToken", token)).toBe("401 SESSION_PASSWORD_NEEDED");
    expect(await another.refused("auth.importLoginToken", token)).toBe("400 AUTH_TOKEN_ALREADY_ACCEPTED");
    expect(await there.givePassword("Höhenweg-42")).toMatchObject({ user: { firstName: "Amara" } });
  });

  it("a QR code that was accepted at another data centre is of no use to other clients of the data centre that shows it", async () => {
    const { self, client, answer, accept } = await shown(yuki);
    accept();
    const token = { token: bytes(answer) };
    expect(await client(2).refused("auth.importLoginToken", token)).toBe("400 AUTH_TOKEN_INVALID");
    expect(await self.call("auth.importLoginToken", token)).toMatchObject({ _: "auth.loginTokenMigrateTo", dcId: 4 });
    expect(await client(4).call("auth.importLoginToken", token)).toMatchObject(success);
  });

  it("a QR code is refused at another data centre if it is unknown, late, or accepted by nobody", async () => {
    const { client, answer, clock, accept } = await shown(yuki);
    const there = client(4);
    const token = { token: bytes(answer) };
    expect(await there.refused("auth.importLoginToken", { token: Buffer.alloc(32) })).toBe("400 AUTH_TOKEN_INVALID");
    expect(await there.refused("auth.importLoginToken", token)).toBe("400 AUTH_TOKEN_INVALID");
    accept();
    clock.advance(5 * minute);
    expect(await there.refused("auth.importLoginToken", token)).toBe("400 AUTH_TOKEN_EXPIRED");
  });
});

describe("somebody's phone", () => {
  it("a phone says what is wrong with a QR code", async () => {
    const { answer, clock, phone, accept } = await shown(lena);
    const said = (url: string, number = lena) => {
      try {
        phone(number).scanQrCode(url);
      } catch (error) {
        if (error instanceof InvalidRequest) return error.message;
      }
      return "nothing";
    };
    for (const url of ["", "https://example.com", "tg://login", "tg://login?token=%00", "tg://resolve?token=abc"])
      expect(said(url)).toContain("no QR code of Telegram");
    expect(said(`tg://login?token=${"A".repeat(43)}`)).toContain("AUTH_TOKEN_INVALID2");
    expect(said(urlOf(answer), noah)).toContain("no Telegram account");
    clock.advance(30_000);
    expect(said(urlOf(answer))).toContain("AUTH_TOKEN_EXPIRED");
    expect(accept).toThrow("expired");
  });
});
