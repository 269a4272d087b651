import { expect, test } from "vitest";
import { registeredApp } from "../../src/telegram/registered-app.ts";
import { createDesk, numbers } from "./accounts-harness.ts";

const { lena, marco } = numbers;
const asking = { phoneNumber: lena, ...registeredApp };

test.each([
  ["app", "auth.sentCodeTypeApp", { length: 5 }],
  ["sms", "auth.sentCodeTypeSms", { length: 5 }],
  ["word", "auth.sentCodeTypeSmsWord", { beginning: expect.stringMatching(/^[a-z]$/) }],
  ["phrase", "auth.sentCodeTypeSmsPhrase", { beginning: expect.stringMatching(/^[a-z]+$/) }],
  ["call", "auth.sentCodeTypeCall", { length: 5 }],
  ["flash call", "auth.sentCodeTypeFlashCall", { pattern: "+4930901820*****" }],
  ["missed call", "auth.sentCodeTypeMissedCall", { prefix: "4930901820", length: 5 }],
  ["fragment", "auth.sentCodeTypeFragmentSms", { url: expect.stringMatching(/^https:/), length: 5 }],
  ["firebase", "auth.sentCodeTypeFirebaseSms", { length: 5 }],
])("a code travels as %s, and lets in whoever types it", async (codeType, name, fields) => {
  const { client, codeFor } = createDesk({ codeType });
  const made = client();
  const { type, phoneCodeHash } = await made.call("auth.sendCode", asking);
  expect(type).toMatchObject({ _: name, ...fields });
  const answer = { phoneNumber: lena, phoneCodeHash, phoneCode: codeFor(lena) };
  expect(await made.call("auth.signIn", answer)).toMatchObject({ _: "auth.authorization" });
});

test("a code that came by e-mail is proved as such", async () => {
  const { client, codeFor } = createDesk({ codeType: "email" });
  const made = client();
  const { type, phoneCodeHash } = await made.call("auth.sendCode", asking);
  expect(type).toMatchObject({ _: "auth.sentCodeTypeEmailCode", emailPattern: "a***@example.com", length: 5 });
  const claim = { phoneNumber: lena, phoneCodeHash };
  expect(await made.refused("auth.signIn", { ...claim, phoneCode: codeFor(lena) })).toBe("400 PHONE_CODE_EMPTY");
  const emailVerification = { _: "emailVerificationCode", code: codeFor(lena) };
  expect(await made.call("auth.signIn", { ...claim, emailVerification })).toMatchObject({ _: "auth.authorization" });
});

test("an account that wants a login e-mail first gets no code", async () => {
  const { client } = createDesk({ codeType: "email setup" });
  const sent = await client().call("auth.sendCode", asking);
  expect(sent["type"]).toMatchObject({ _: "auth.sentCodeTypeSetUpEmailRequired" });
  expect(sent).not.toHaveProperty("nextType");
});

test("an announced length of nothing, and the time of the next way, are as they were set", async () => {
  const { client } = createDesk({ announcedLength: 0, resendAfter: 45 });
  const sent = await client().call("auth.sendCode", asking);
  expect(sent).toMatchObject({ type: { length: 0 }, nextType: { _: "auth.codeTypeSms" }, timeout: 45 });
});

test("a client of too old a layer has to be updated", async () => {
  const { client } = createDesk({ oldestLayer: 199 });
  expect(await client().refused("auth.sendCode", asking)).toBe("406 UPDATE_APP_TO_LOGIN");
  expect(await client().refused("auth.exportLoginToken", { ...registeredApp, exceptIds: [] })).toBe(
    "406 UPDATE_APP_TO_LOGIN",
  );
});

test("the token of a log-out lets the same person in once, without a code", async () => {
  const { client } = createDesk();
  const [first, next] = [client(), client()];
  await first.logIn(lena);
  const { futureAuthToken } = await first.call("auth.logOut");
  const settings = { _: "codeSettings", logoutTokens: [futureAuthToken] };
  expect(await next.call("auth.sendCode", { ...asking, phoneNumber: marco, settings })).toMatchObject({
    _: "auth.sentCode",
  });
  expect(await next.call("auth.sendCode", { ...asking, settings })).toMatchObject({ _: "auth.sentCodeSuccess" });
  expect(await client().call("auth.sendCode", { ...asking, settings })).toMatchObject({ _: "auth.sentCode" });
});
