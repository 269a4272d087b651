import { expect, test } from "vitest";
import { openWorld } from "./open-world.ts";
import { people, walk, wrong } from "./world.ts";

const world = await openWorld();
const { lena, marco, yuki, amara, noah, victor } = people;

/** From a phone number to the code's step and the code. */
async function asked(phone: string) {
  const step = await world.begin({ phone });
  return { step, code: await world.code(phone) };
}

test.each([
  ["lives in another data centre", lena],
  ["lives where the client begins", yuki],
])("a number whose account %s connects with its code, each step in another process", async (_where, { phone, id }) => {
  const { step, code } = await asked(phone);
  expect(step).toMatchObject({
    type: "ask",
    subject: phone,
    question: { name: "code", label: "Code from your Telegram app", length: 5, resend: true },
  });
  const connected = await world.answer(step, { code });
  expect(connected).toMatchObject({
    type: "connected",
    grant: { account: { id: String(id) }, scopes: [], missing: [] },
  });
});

test.each([marco, amara])("a password is asked for after the code: $phone", async ({ phone, id, password }) => {
  const { step, code } = await asked(phone);
  const asking = await world.answer(step, { code });
  expect(asking).toMatchObject({ type: "ask", subject: phone, question: { name: "password", input: "password" } });
  const again = await world.answer(asking, { password: "not this" });
  expect(again).toMatchObject({ type: "ask", rejected: "password_rejected", question: { name: "password" } });
  expect(await world.answer(again, { password })).toMatchObject({
    type: "connected",
    grant: { account: { id: String(id) } },
  });
});

test("the account is named as its owner is, and its number not shown", async () => {
  const { step, code } = await asked(lena.phone);
  expect(await world.answer(step, { code })).toMatchObject({
    grant: {
      account: {
        label: "Lena Fischer",
        details: { name: "Lena Fischer", username: "@lena_fischer", phone: "+•••••••••01" },
      },
    },
  });
});

test("a wrong code is asked for again, and the right one still connects", async () => {
  const { step, code } = await asked(lena.phone);
  const again = await world.answer(step, { code: wrong(code) });
  expect(again).toMatchObject({ type: "ask", rejected: "code_rejected", question: { name: "code" } });
  expect(await world.answer(again, { code })).toMatchObject({ type: "connected" });
});

test("a code that was sent again replaces the first", async () => {
  const { step, code: first } = await asked(lena.phone);
  const again = await world.answer(step, { again: "" });
  expect(again).toMatchObject({ type: "ask", question: { label: "Code from the SMS" } });
  expect(again).not.toHaveProperty("question.resend");
  const second = await world.code(lena.phone);
  await expect(world.answer(step, { code: first })).rejects.toMatchObject({ code: "code_expired" });
  expect(await world.answer(again, { code: second })).toMatchObject({ type: "connected" });
});

test("there is no third way to send it", async () => {
  const { step } = await asked(lena.phone);
  const again = await world.answer(step, { again: "" });
  await expect(world.answer(again, { again: "" })).rejects.toMatchObject({ code: "too_many_requests" });
});

test("a code that came too late has expired", async () => {
  const { step, code } = await asked(lena.phone);
  await world.control.setClock({ advanceMs: 6 * 60_000 });
  await expect(world.answer(step, { code })).rejects.toMatchObject({ code: "code_expired" });
});

test("a code belongs to the login that asked for it", async () => {
  const { step } = await asked(lena.phone);
  const other = await asked(lena.phone);
  const mixed = {
    ...step,
    providerState: { ...("providerState" in step && step.providerState), hash: "00".repeat(9) },
  };
  await expect(world.answer(mixed, { code: other.code })).rejects.toMatchObject({ code: "code_expired" });
});

test.each([
  ["that nobody has", "+12025550199", { code: "invalid_request", field: "phone" }],
  ["that is banned", victor.phone, { code: "access_denied", field: "phone" }],
])("a number %s is refused", async (_what, phone, refusal) => {
  await expect(world.begin({ phone })).rejects.toMatchObject(refusal);
});

test("a number that is not on Telegram is told so after its code, and nothing is signed up", async () => {
  const { step, code } = await asked(noah.phone);
  expect(step).toMatchObject({ question: { label: "Code from the SMS" } });
  await expect(world.answer(step, { code })).rejects.toMatchObject({ code: "access_denied", field: "phone" });
});

test("too many codes are refused at once, with the time to wait", async () => {
  await world.control.changeProvider({ provider: "telegram", codesPerPhone: 1 });
  await asked(lena.phone);
  const began = performance.now();
  await expect(world.begin({ phone: lena.phone })).rejects.toMatchObject({
    code: "too_many_requests",
    retryAfter: expect.any(Number),
  });
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("another app's id is our fault", async () => {
  const provider = world.provider({ apiId: 12_345 });
  await expect(provider.begin(walk, { phone: lena.phone })).rejects.toMatchObject({ code: "provider_misconfigured" });
});
