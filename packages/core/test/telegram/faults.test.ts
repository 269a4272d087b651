import { expect, test } from "vitest";
import type { Step } from "../../src/provider.ts";
import { openWorld } from "./open-world.ts";
import { people, walk } from "./world.ts";

const world = await openWorld();
const { lena, marco, yuki } = people;
const unavailable = expect.objectContaining({ code: "provider_unavailable" });

const fail = (path: string, fault: object) => world.control.failRequests({ host: "telegram", path, ...fault });

/** How often a method was called, by the sandbox's count. */
async function calls(method: string): Promise<number> {
  const { calls } = await world.control.listCalls();
  return calls.filter(({ path }) => path === method).length;
}

async function password(step: Step, phone: string): Promise<Step> {
  return await world.answer(step, { code: await world.code(phone) });
}

test.each(["before", "after"])("a connection that is cut %s the work fails the call soon, and once", async (drop) => {
  const step = await world.begin({ phone: lena.phone });
  const code = await world.code(lena.phone);
  await fail("auth.signIn", { drop });
  const began = performance.now();
  await expect(world.answer(step, { code })).rejects.toEqual(unavailable);
  expect(performance.now() - began).toBeLessThan(8_000);
  expect(await calls("auth.signIn")).toBe(1);
  expect(await world.answer(step, { code })).toMatchObject({
    type: "connected",
    grant: { account: { id: String(lena.id) } },
  });
});

test("a key that a server does not know yet is shown to it once more", async () => {
  const step = await world.begin({ phone: lena.phone });
  const code = await world.code(lena.phone);
  await fail("auth.signIn", { body: { transport: 404 } });
  expect(await world.answer(step, { code })).toMatchObject({
    type: "connected",
    grant: { account: { id: String(lena.id) } },
  });
});

test("a key that a server goes on not to know ends the attempt", async () => {
  const step = await world.begin({ phone: lena.phone });
  await fail("auth.signIn", { body: { transport: 404 }, times: 2 });
  await expect(world.answer(step, { code: "12345" })).rejects.toMatchObject({ code: "code_expired" });
});

test("a password that was accepted, with the answer lost, connects when it is given again", async () => {
  const asking = await password(await world.begin({ phone: marco.phone }), marco.phone);
  await fail("auth.checkPassword", { drop: "after" });
  await expect(world.answer(asking, { password: marco.password })).rejects.toEqual(unavailable);
  expect(await world.answer(asking, { password: marco.password })).toMatchObject({
    type: "connected",
    grant: { account: { id: String(marco.id) } },
  });
});

test.each([lena, yuki])("a scan whose answer was lost connects at the next look: $phone", async ({ phone, id }) => {
  const step = await world.begin({});
  await world.scan(step, phone);
  await fail("auth.exportLoginToken", { drop: "after" });
  await expect(world.answer(step, {})).rejects.toEqual(unavailable);
  expect(await world.answer(step, {})).toMatchObject({ type: "connected", grant: { account: { id: String(id) } } });
});

test.each([
  ["connected", lena],
  ["ask", marco],
])("a scan that was lost on the way to the other data centre ends in %o all the same", async (type, { phone }) => {
  const step = await world.begin({});
  await world.scan(step, phone);
  await fail("auth.importLoginToken", { drop: "before" });
  await expect(world.answer(step, {})).rejects.toEqual(unavailable);
  expect(await world.answer(step, {})).toMatchObject({ type });
});

test("a login whose session got lost at the other data centre is ended there", async () => {
  const step = await world.begin({});
  await world.scan(step, lena.phone);
  await fail("auth.importLoginToken", { drop: "after" });
  await expect(world.answer(step, {})).rejects.toEqual(unavailable);
  expect(await calls("auth.logOut")).toBe(1);
  expect(await world.control.listGrants({ provider: "telegram" })).toEqual([]);
  const again = await world.answer(step, {});
  await world.scan(again, lena.phone);
  expect(await world.answer(again, {})).toMatchObject({ type: "connected" });
});

test("a server that is slow is not waited for beyond the deadline", async () => {
  await fail("auth.sendCode", { delayMs: 30_000 });
  const began = performance.now();
  const slow = world.provider({ timeoutMs: 1_000 }).begin(walk, { phone: yuki.phone });
  await expect(slow).rejects.toEqual(unavailable);
  expect(performance.now() - began).toBeLessThan(8_000);
});

test("an account without an answer to the hint is asked for its password all the same", async () => {
  const step = await world.begin({ phone: marco.phone });
  await fail("account.getPassword", { body: "FLOOD_WAIT_5" });
  const asking = await password(step, marco.phone);
  expect(asking).toMatchObject({ type: "ask", question: { name: "password" } });
  expect(asking).not.toHaveProperty("providerState.hint");
});

test("a restart that Telegram asks for is made, once", async () => {
  await fail("auth.sendCode", { body: { error: "AUTH_RESTART", code: 500 } });
  expect(await world.begin({ phone: lena.phone })).toMatchObject({ type: "ask" });
  await fail("auth.sendCode", { body: { error: "AUTH_RESTART", code: 500 }, times: 2 });
  await expect(world.begin({ phone: lena.phone })).rejects.toEqual(unavailable);
});

test("a data centre that does not know the key right after the move is asked once more", async () => {
  await fail("auth.sendCode", { body: "AUTH_KEY_UNREGISTERED" });
  expect(await world.begin({ phone: lena.phone })).toMatchObject({ type: "ask" });
  const step = await world.begin({});
  await world.scan(step, lena.phone);
  await fail("auth.importLoginToken", { body: "AUTH_KEY_UNREGISTERED" });
  expect(await world.answer(step, {})).toMatchObject({
    type: "connected",
    grant: { account: { id: String(lena.id) } },
  });
});

test("a proof whose parameters were used up is asked for again, and does not count as wrong", async () => {
  const asking = await password(await world.begin({ phone: marco.phone }), marco.phone);
  await fail("auth.checkPassword", { body: "SRP_ID_INVALID" });
  const again = await world.answer(asking, { password: marco.password });
  expect(again).toMatchObject({ type: "ask", question: { name: "password" } });
  expect(again).not.toHaveProperty("rejected");
  expect(await world.answer(again, { password: marco.password })).toMatchObject({ type: "connected" });
});

test.each([
  ["FLOOD_WAIT_3600", { code: "too_many_requests", retryAfter: 3600 }],
  ["FLOOD_PREMIUM_WAIT_7", { code: "too_many_requests", retryAfter: 7 }],
  ["PHONE_PASSWORD_FLOOD", { code: "too_many_requests" }],
  ["UPDATE_APP_TO_LOGIN", { code: "provider_misconfigured", reason: "client_outdated" }],
  ["API_ID_PUBLISHED_FLOOD", { code: "provider_misconfigured" }],
  ["PHONE_NUMBER_APP_SIGNUP_FORBIDDEN", { code: "access_denied", field: "phone" }],
])("%s is told as what it is", async (error, failure) => {
  await fail("auth.sendCode", { body: error });
  await expect(world.begin({ phone: lena.phone })).rejects.toMatchObject(failure);
  expect(await calls("auth.sendCode")).toBe(1);
});
