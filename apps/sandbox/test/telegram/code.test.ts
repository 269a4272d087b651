import { describe, expect, it } from "vitest";
import { registeredApp } from "../../src/telegram/registered-app.ts";
import { createDesk, minute, numbers, refusal, wrong } from "./accounts-harness.ts";

const { lena, yuki, marco, noah, victor } = numbers;

describe("auth.sendCode", () => {
  it("auth.sendCode sends five digits to the person's Telegram", async () => {
    const { client, codeFor } = createDesk();
    const sent = await client().call("auth.sendCode", { phoneNumber: lena, ...registeredApp });
    expect(sent).toMatchObject({ _: "auth.sentCode", type: { _: "auth.sentCodeTypeApp", length: 5 } });
    expect(sent["phoneCodeHash"]).toMatch(/^[0-9a-f]{18}$/);
    expect(codeFor(lena)).toMatch(/^\d{5}$/);
  });

  it("auth.sendCode reads the number in any form", async () => {
    const { client, codeFor } = createDesk();
    await client().sendCode("1 (202) 555-0101");
    expect(codeFor(lena)).toMatch(/^\d{5}$/);
  });

  it("auth.sendCode refuses an app that is not registered, or does not know its secret", async () => {
    const { client } = createDesk();
    const ask = { phoneNumber: lena, ...registeredApp };
    expect(await client().refused("auth.sendCode", { ...ask, apiId: 1 })).toBe("400 API_ID_INVALID");
    expect(await client().refused("auth.sendCode", { ...ask, apiHash: "0".repeat(32) })).toBe("400 API_ID_INVALID");
    expect(await client().refused("auth.exportLoginToken", { apiId: 1, apiHash: "" })).toBe("400 API_ID_INVALID");
  });

  it("auth.sendCode refuses unknown and banned numbers", async () => {
    const { client } = createDesk();
    for (const phone of ["", "12", "+12025550199"])
      expect(await refusal(client().sendCode(phone))).toBe("400 PHONE_NUMBER_INVALID");
    expect(await refusal(client().sendCode(victor))).toBe("400 PHONE_NUMBER_BANNED");
  });

  it("auth.sendCode sends a client to the data centre where the person lives", async () => {
    const { client } = createDesk();
    expect(await refusal(client(2).sendCode(yuki))).toBe("303 PHONE_MIGRATE_4");
    expect(await refusal(client(4).sendCode(lena))).toBe("303 PHONE_MIGRATE_2");
    expect(await client(4).sendCode(yuki)).not.toBe("");
  });

  it("auth.sendCode gives one client the same answer again, and sends no second code", async () => {
    const { client, phone } = createDesk();
    const first = client();
    expect(await first.sendCode(lena)).toBe(await first.sendCode(lena));
    expect(phone(lena).listMessages()).toHaveLength(1);
    expect(await client().sendCode(lena)).not.toBe(await first.sendCode(lena));
  });

  it("auth.sendCode answers FLOOD_WAIT for ten minutes after ten codes for one number", async () => {
    const { client, clock } = createDesk();
    for (let round = 0; round < 10; round += 1) await client().sendCode(lena);
    expect(await refusal(client().sendCode(lena))).toBe("420 FLOOD_WAIT_600");
    clock.advance(9 * minute);
    expect(await refusal(client().sendCode(lena))).toBe("420 FLOOD_WAIT_60");
    expect(await client().sendCode(marco)).not.toBe("");
    clock.advance(minute);
    expect(await client().sendCode(lena)).not.toBe("");
  });
});

describe("auth.resendCode and auth.cancelCode", () => {
  it("auth.resendCode sends another code in a text message, under another hash, once", async () => {
    const { client, codeFor } = createDesk();
    const self = client();
    const phoneCodeHash = await self.sendCode(lena);
    const [before, asked] = [codeFor(lena), { phoneNumber: lena, phoneCodeHash }];
    const again = await self.call("auth.resendCode", asked);
    expect(again).toMatchObject({ type: { _: "auth.sentCodeTypeSms", length: 5 } });
    expect(again["phoneCodeHash"]).not.toBe(phoneCodeHash);
    expect(await self.refused("auth.signIn", { ...asked, phoneCode: before })).toBe("400 PHONE_CODE_EXPIRED");
    const now = { phoneNumber: lena, phoneCodeHash: again["phoneCodeHash"] };
    expect(await self.refused("auth.resendCode", now)).toBe("406 SEND_CODE_UNAVAILABLE");
    expect(await self.call("auth.signIn", { ...now, phoneCode: codeFor(lena) })).toMatchObject({
      _: "auth.authorization",
    });
  });

  it("auth.cancelCode takes a code back", async () => {
    const { client, codeFor } = createDesk();
    const self = client();
    const asked = { phoneNumber: lena, phoneCodeHash: await self.sendCode(lena) };
    expect(await self.call("auth.cancelCode", asked)).toBe(true);
    expect(await self.refused("auth.signIn", { ...asked, phoneCode: codeFor(lena) })).toBe("400 PHONE_CODE_EXPIRED");
    expect(await self.refused("auth.cancelCode", asked)).toBe("400 PHONE_CODE_EXPIRED");
  });
});

describe("auth.signIn", () => {
  it("auth.signIn logs in a client that knows the code, once", async () => {
    const { client, codeFor } = createDesk();
    const self = client();
    const asked = { phoneNumber: lena, phoneCodeHash: await self.sendCode(lena), phoneCode: codeFor(lena) };
    const answer = await self.call("auth.signIn", asked);
    expect(answer).toMatchObject({
      _: "auth.authorization",
      user: { _: "user", self: true, firstName: "Lena", lastName: "Fischer", phone: "12025550101", id: 6_120_443_871n },
    });
    expect(await self.refused("auth.signIn", asked)).toBe("400 PHONE_CODE_EXPIRED");
  });

  it("auth.signIn refuses a wrong code, an empty one, and the right one after five wrong ones", async () => {
    const { client, codeFor } = createDesk();
    const self = client();
    const asked = { phoneNumber: lena, phoneCodeHash: await self.sendCode(lena) };
    expect(await self.refused("auth.signIn", asked)).toBe("400 PHONE_CODE_EMPTY");
    const guess = { ...asked, phoneCode: wrong(codeFor(lena)) };
    for (let round = 0; round < 5; round += 1)
      expect(await self.refused("auth.signIn", guess)).toBe("400 PHONE_CODE_INVALID");
    const right = { ...asked, phoneCode: codeFor(lena) };
    expect(await self.refused("auth.signIn", right)).toBe("400 PHONE_CODE_EXPIRED");
    expect(await self.refused("auth.signIn", { ...right, phoneCodeHash: "" })).toBe("400 PHONE_CODE_HASH_EMPTY");
  });

  it("auth.signIn takes a code for five minutes, from the key that asked for it, for that number", async () => {
    const { client, clock, codeFor } = createDesk();
    const self = client();
    const right = { phoneNumber: lena, phoneCodeHash: await self.sendCode(lena), phoneCode: codeFor(lena) };
    expect(await client().refused("auth.signIn", right)).toBe("400 PHONE_CODE_EXPIRED");
    expect(await self.refused("auth.signIn", { ...right, phoneNumber: marco })).toBe("400 PHONE_CODE_EXPIRED");
    clock.advance(5 * minute);
    expect(await self.refused("auth.signIn", right)).toBe("400 PHONE_CODE_EXPIRED");
  });

  it("auth.signIn asks for a sign-up if the number is new, which no such app can do", async () => {
    const { client, phone } = createDesk();
    const self = client();
    expect(await self.signIn(noah)).toEqual({ _: "auth.authorizationSignUpRequired" });
    expect(phone(noah).listMessages()).toMatchObject([{ way: "sms" }]);
    expect(await self.refused("users.getUsers", { id: [] })).toBe("401 AUTH_KEY_UNREGISTERED");
    expect(await self.refused("auth.signUp")).toBe("400 PHONE_NUMBER_APP_SIGNUP_FORBIDDEN");
  });
});
