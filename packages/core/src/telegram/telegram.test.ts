import { expect, test } from "vitest";
import type { FormValues, ProviderState, Step } from "../provider.ts";
import { type AuthResult, type WithSession, type Gateway, Refusal, type SentCode } from "./gateway.ts";
import { telegram } from "./telegram.ts";

const context = { redirectUri: "", state: "s" };
const phone = "+12025550101";
const lena = { id: "6120443871", firstName: "Lena", lastName: "Fischer", username: "lena", phone: "12025550101" };
const sent = { type: "sent", hash: "h", delivery: "app", length: 5, another: false, session: "one" } as const;

/** A gateway that has only what one test needs. */
function provider(gateway: Partial<Gateway>) {
  const unasked = async () => {
    throw new Error("not expected to be called");
  };
  const silent: Gateway = {
    sendCode: unasked,
    resendCode: unasked,
    cancelCode: unasked,
    submitCode: unasked,
    checkPassword: unasked,
    exportToken: unasked,
    awaitScan: unasked,
    whoAmI: unasked,
    logOut: unasked,
  };
  return telegram({ apiId: 1, apiHash: "h" }, { ...silent, ...gateway });
}

function asked(step: Step) {
  if (step.type !== "ask") throw new Error(`a step "${step.type}"`);
  return step;
}

const sends = async (code: Partial<SentCode>) =>
  asked(await provider({ sendCode: async () => ({ ...sent, ...code }) }).begin(context, { phone }));

const providerState: ProviderState = {
  step: "code",
  session: "one",
  phone,
  hash: "h",
  delivery: "app",
  length: "5",
  another: "no",
};
const passwordNotes: ProviderState = { step: "password", session: "one", subject: phone };

const resumed = (gateway: Partial<Gateway>, kept: ProviderState, answers: FormValues) =>
  provider(gateway).resume(context, kept, answers);
const refuses = (reason: string) => async () => {
  throw new Refusal(reason);
};

test("all that the next process needs is in the provider state", async () => {
  expect(await sends({})).toEqual({
    type: "ask",
    question: expect.objectContaining({ name: "code", input: "numeric", autocomplete: "one-time-code", length: 5 }),
    subject: phone,
    providerState,
  });
});

test.each([
  [{ delivery: "app" }, { label: "Code from your Telegram app", length: 5 }],
  [
    { delivery: "sms", another: true },
    { label: "Code from the SMS", resend: true },
  ],
  [{ delivery: "call" }, { label: "Code from the phone call" }],
  [{ delivery: "missed call" }, { label: "Last digits of the number that calls" }],
  [{ delivery: "fragment" }, { label: "Code from Fragment" }],
  [{ delivery: "word" }, { label: "Word from the SMS", input: "text" }],
  [{ delivery: "e-mail", clue: "l***@example.com" }, { label: "Code from the e-mail to l***@example.com" }],
  [{ delivery: "word", clue: "la" }, { hint: "It begins with “la”." }],
  [
    { delivery: "flash call", clue: "+49***" },
    { label: "Number that calls you", hint: expect.stringContaining("+49***") },
  ],
  [{ delivery: "fragment", link: "https://fragment.com/my" }, { link: "https://fragment.com/my" }],
  [
    { another: true, anotherAt: new Date("2026-11-27T12:00:00Z") },
    { resend: true, resendAt: "2026-11-27T12:00:00.000Z" },
  ],
  [{ delivery: "other" }, { label: "Login code" }],
] as const)("where the code went is said rightly: %o", async (code, question) => {
  expect((await sends(code)).question).toMatchObject(question);
});

test("a number without its country is refused before anything is sent", async () => {
  await expect(provider({}).begin(context, { phone: "07700 900123" })).rejects.toMatchObject({
    code: "invalid_request",
    field: "phone",
  });
});

test("of a code only the digits are sent, of a word the word", async () => {
  const codes: string[] = [];
  const submitCode = async (_login: unknown, code: string): Promise<WithSession<AuthResult>> => {
    codes.push(code);
    return { type: "authorized", person: lena, session: "two" };
  };
  await resumed({ submitCode }, providerState, { code: " 12-34 5" });
  await resumed({ submitCode }, { ...providerState, delivery: "word" }, { code: " Meadow " });
  expect(codes).toEqual(["12345", "Meadow"]);
});

test("who logged in becomes the account, and the session the credential", async () => {
  const step = await resumed(
    { submitCode: async () => ({ type: "authorized", person: lena, session: "two" }) },
    providerState,
    {
      code: "12345",
    },
  );
  expect(step).toEqual({
    type: "connected",
    grant: {
      account: {
        id: "6120443871",
        label: "Lena Fischer",
        details: { name: "Lena Fischer", username: "@lena", phone: "+•••••••••01" },
      },
      credentials: { metadata: { session: "two" } },
      scopes: [],
      missing: [],
    },
  });
});

test.each([
  [{ id: "1", firstName: "Sofia" }, "Sofia"],
  [{ id: "1", username: "amara_n" }, "@amara_n"],
  [{ id: "1", phone: "33639980104" }, "+•••••••••04"],
  [{ id: "1" }, "1"],
])("%o is called %s", async (person, label) => {
  const step = await resumed(
    { submitCode: async () => ({ type: "authorized", person, session: "two" }) },
    providerState,
    {
      code: "12345",
    },
  );
  expect(step).toMatchObject({ grant: { account: { label } } });
});

test("a login that does not say whose it is leaves its session to be ended", async () => {
  const step = await resumed({ submitCode: async () => ({ type: "authorized", session: "two" }) }, providerState, {
    code: "12345",
  });
  expect(step).toMatchObject({
    type: "orphaned",
    credentials: { metadata: { session: "two" } },
    failure: { code: "provider_misbehaved" },
  });
});

test("a bug while the account is read is ours, and the session is handed over to be ended", async () => {
  const bug = new TypeError("bug");
  const broken = {
    get id(): string {
      throw bug;
    },
  };
  const submitCode: Gateway["submitCode"] = async () => ({ type: "authorized", person: broken, session: "two" });
  expect(await resumed({ submitCode }, providerState, { code: "12345" })).toMatchObject({
    type: "orphaned",
    credentials: { metadata: { session: "two" } },
    failure: { code: "internal", cause: bug },
  });
});

test("a wrong code is asked for again, with the same provider state", async () => {
  const step = await resumed({ submitCode: refuses("PHONE_CODE_INVALID") }, providerState, { code: "00000" });
  expect(step).toMatchObject({ type: "ask", rejected: "code_rejected", subject: phone, providerState });
});

test("an answer that cannot be meant as one is refused without a call, and costs no attempt", async () => {
  for (const code of ["abc", "1234", "12345 67890"])
    await expect(resumed({}, providerState, { code })).rejects.toMatchObject({
      code: "invalid_request",
      field: "code",
    });
  await expect(resumed({}, passwordNotes, { password: "" })).rejects.toMatchObject({
    code: "invalid_request",
    field: "password",
  });
});

test.each(["AUTH_RESTART", "AUTH_RESTART_5"])("%s after the first step ends the login, and says so", async (reason) => {
  const over = { code: "attempt_unknown", reason: "restart_required" };
  await expect(resumed({ submitCode: refuses(reason) }, providerState, { code: "12345" })).rejects.toMatchObject(over);
  await expect(resumed({ resendCode: refuses(reason) }, providerState, { again: "" })).rejects.toMatchObject(over);
  const checkPassword = refuses(reason);
  await expect(resumed({ checkPassword }, passwordNotes, { password: "x" })).rejects.toMatchObject(over);
});

test("a scan is waited for only where the flow says how long", async () => {
  const shown = Buffer.from("what is shown");
  const scanNotes: ProviderState = { step: "scan", session: "one", token: shown.toString("base64url") };
  const answer = { type: "token", token: shown, until: new Date(0), session: "one" } as const;
  const waits: unknown[] = [];
  const gateway: Partial<Gateway> = {
    exportToken: async () => answer,
    awaitScan: async (_session, wait) => {
      waits.push(wait);
      return answer;
    },
  };
  await provider(gateway).resume(context, scanNotes, {});
  expect(waits).toEqual([]);
  const { signal } = new AbortController();
  await provider(gateway).resume({ ...context, wait: { ms: 50, signal } }, scanNotes, {});
  expect(waits).toEqual([{ shown, waitMs: 50, signal }]);
});

test("a code that was spent by an answer that got lost still connects", async () => {
  const gateway = { submitCode: refuses("PHONE_CODE_EXPIRED"), whoAmI: async () => lena };
  expect(await resumed(gateway, providerState, { code: "12345" })).toMatchObject({
    type: "connected",
    grant: { credentials: { metadata: { session: "one" } } },
  });
  const nobody = { ...gateway, whoAmI: async () => undefined };
  await expect(resumed(nobody, providerState, { code: "12345" })).rejects.toMatchObject({ code: "code_expired" });
});

test("a code sent again may be another login", async () => {
  const again: SentCode = { type: "sent", hash: "h2", delivery: "sms", another: false };
  const step = await resumed({ resendCode: async () => ({ ...again, session: "one" }) }, providerState, { again: "" });
  expect(step).toMatchObject({
    question: { label: "Code from the SMS" },
    providerState: { hash: "h2", delivery: "sms" },
  });
});

test("the password is asked for with the account's own hint, and of a scan without a number", async () => {
  const admission = { type: "password", hint: "the long walk", session: "two" } as const;
  expect(await resumed({ submitCode: async () => admission }, providerState, { code: "12345" })).toMatchObject({
    // A password manager has the password of this page, not Telegram's.
    question: {
      name: "password",
      input: "password",
      autocomplete: "off",
      hint: expect.stringContaining("the long walk"),
    },
    subject: phone,
    providerState: { step: "password", session: "two", subject: phone, hint: "the long walk" },
  });
  const scanned = await resumed(
    { exportToken: async () => admission },
    { step: "scan", session: "one", token: "" },
    {},
  );
  expect(scanned).toMatchObject({ type: "ask", subject: "scanned" });
});

test("a login that is over at Telegram is over here", async () => {
  for (const reason of ["AUTH_KEY_UNREGISTERED", "AUTH_KEY_UNKNOWN", "SESSION_REVOKED"]) {
    const gateway = { checkPassword: refuses(reason) };
    await expect(resumed(gateway, passwordNotes, { password: "x" })).rejects.toMatchObject({ code: "code_expired" });
  }
});

test("a step without its answer, and provider state of another version, are refused", async () => {
  await expect(resumed({}, providerState, {})).rejects.toMatchObject({ code: "invalid_request", field: "code" });
  await expect(resumed({}, passwordNotes, {})).rejects.toMatchObject({ code: "invalid_request", field: "password" });
  await expect(resumed({}, { step: "dance" }, {})).rejects.toMatchObject({ code: "attempt_unknown" });
});

test("giving up cancels the code, logs out in any case, and never fails", async () => {
  const calls: string[] = [];
  const cancelCode = async () => {
    calls.push("cancel");
    throw new Refusal("PHONE_CODE_EXPIRED");
  };
  const logOut = async (session: string) => {
    calls.push(`out of ${session}`);
    throw new Refusal("AUTH_KEY_UNREGISTERED");
  };
  await provider({ cancelCode, logOut }).abandon?.(context, providerState);
  await provider({ cancelCode, logOut }).abandon?.(context, { step: "scan", session: "three", token: "" });
  expect(calls).toEqual(["cancel", "out of one", "out of three"]);
});

test("a session that is gone counts as revoked; one that cannot be reached does not", async () => {
  const credentials = { metadata: { session: "one" } };
  for (const reason of ["AUTH_KEY_UNREGISTERED", "SESSION_REVOKED", "AUTH_KEY_UNKNOWN", "USER_DEACTIVATED"]) {
    const revoked = provider({ logOut: refuses(reason) }).revoke?.(credentials);
    await expect(revoked).resolves.toEqual({ outcome: "revoked" });
  }
  const revoked = provider({ logOut: refuses("FLOOD_WAIT") }).revoke?.(credentials);
  await expect(revoked).rejects.toMatchObject({ code: "too_many_requests" });
});

test("a session that is gone, or whose account is, needs a reconnect; one that cannot be asked about does not", async () => {
  const credentials = { metadata: { session: "one" } };
  for (const reason of ["AUTH_KEY_UNREGISTERED", "SESSION_REVOKED", "USER_DEACTIVATED", "USER_DEACTIVATED_BAN"]) {
    const probed = provider({ whoAmI: refuses(reason) }).probe?.(credentials);
    await expect(probed).rejects.toMatchObject({ code: "needs_reconnect" });
  }
  const probed = provider({ whoAmI: refuses("FLOOD_WAIT") }).probe?.(credentials);
  await expect(probed).rejects.toMatchObject({ code: "too_many_requests" });
});
