import { expect, test } from "vitest";
import { ConnectError } from "../errors.ts";
import { Refusal } from "./gateway.ts";
import { toConnectError, isSessionDead, isSessionGone } from "./refusals.ts";

test.each([
  ["PHONE_NUMBER_INVALID", { code: "invalid_request", field: "phone" }],
  ["PHONE_NUMBER_UNOCCUPIED", { code: "access_denied", field: "phone", reason: "number_unknown" }],
  ["PHONE_NUMBER_BANNED", { code: "access_denied", field: "phone", reason: "number_banned" }],
  ["PHONE_PASSWORD_PROTECTED", { code: "access_denied", field: "phone", reason: "number_protected" }],
  ["EMAIL_SETUP_REQUIRED", { code: "access_denied", field: "phone", reason: "email_setup_required" }],
  ["USER_DEACTIVATED", { code: "access_denied", field: "phone", reason: "account_deleted" }],
  ["SEND_CODE_UNAVAILABLE", { code: "too_many_requests", reason: "no_other_delivery" }],
  ["SMS_CODE_CREATE_FAILED", { code: "provider_unavailable", reason: "code_not_sent" }],
  ["AUTH_TOKEN_INVALID1", { code: "code_expired" }],
  ["AUTH_TOKEN_INVALID2", { code: "code_expired" }],
  ["PHONE_NUMBER_FLOOD", { code: "too_many_requests", retryAfter: undefined }],
  ["PHONE_CODE_EXPIRED", { code: "code_expired" }],
  ["AUTH_KEY_UNREGISTERED", { code: "code_expired" }],
  ["AUTH_KEY_UNKNOWN", { code: "code_expired" }],
  ["SESSION_REVOKED", { code: "code_expired" }],
  ["API_ID_INVALID", { code: "provider_misconfigured" }],
  ["CONNECTION_API_ID_INVALID", { code: "provider_misconfigured" }],
  ["UPDATE_APP_TO_LOGIN", { code: "provider_misconfigured", reason: "client_outdated" }],
  ["SOMETHING_NEW", { code: "provider_misbehaved" }],
])("%s", (reason, meaning) => {
  expect(toConnectError(new Refusal(reason))).toMatchObject(meaning);
});

test("68. a wait is told in seconds", () => {
  const refusal = new Refusal("FLOOD_WAIT", { seconds: 42 });
  expect(toConnectError(refusal)).toMatchObject({ code: "too_many_requests", retryAfter: 42, cause: refusal });
});

test("Telegram's own trouble passes", () => {
  for (const status of [500, -503]) {
    expect(toConnectError(new Refusal("RPC_MCGET_FAIL", { status }))).toMatchObject({ code: "provider_unavailable" });
  }
});

test("anything else stays what it is", () => {
  for (const failure of [new ConnectError("provider_unavailable", "no"), new Error("bug"), undefined]) {
    expect(toConnectError(failure)).toBe(failure);
  }
});

test("an account that is gone ends a session that stood, but to a login it says whom that may not be for", () => {
  for (const reason of ["USER_DEACTIVATED", "USER_DEACTIVATED_BAN"]) {
    expect([isSessionGone(new Refusal(reason)), isSessionDead(new Refusal(reason))]).toEqual([true, false]);
    expect(toConnectError(new Refusal(reason))).toMatchObject({ code: "access_denied", field: "phone" });
  }
  expect(isSessionGone(new Refusal("SESSION_REVOKED"))).toBe(true);
  expect(isSessionGone(new Refusal("PHONE_NUMBER_BANNED"))).toBe(false);
});

test("only a session that is gone counts as dead", () => {
  expect(isSessionDead(new Refusal("SESSION_REVOKED"))).toBe(true);
  expect(isSessionDead(new Refusal("PHONE_CODE_EXPIRED"))).toBe(false);
  expect(isSessionDead(new Error("AUTH_KEY_UNREGISTERED"))).toBe(false);
});
