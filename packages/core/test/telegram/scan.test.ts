import { expect, test } from "vitest";
import type { Step } from "../../src/provider.ts";
import { openWorld } from "./open-world.ts";
import { people, walk } from "./world.ts";

const world = await openWorld();
const { lena, marco, yuki, amara } = people;

test("until it is scanned, a code stays as it is; when it runs out, there is another", async () => {
  const first = await world.begin({});
  expect(first).toMatchObject({ type: "scan", code: expect.stringMatching(/^tg:\/\/login\?token=[\w-]{20,}$/) });
  const second = await world.answer(first, {});
  expect(second).toMatchObject({ type: "scan", code: "code" in first && first.code });
  await world.control.setClock({ advanceMs: 60_000 });
  const third = await world.answer(second, {});
  expect(third).toMatchObject({ type: "scan" });
  expect(third).not.toMatchObject({ code: "code" in first && first.code });
  await world.scan(third, lena.phone);
  expect(await world.answer(third, {})).toMatchObject({
    type: "connected",
    grant: { account: { id: String(lena.id) } },
  });
});

test.each([
  ["another data centre", lena],
  ["the data centre where the client begins", yuki],
])("a scan by an account of %s connects", async (_where, { phone, id }) => {
  const step = await world.begin({});
  await world.scan(step, phone);
  expect(await world.answer(step, {})).toMatchObject({ type: "connected", grant: { account: { id: String(id) } } });
});

test.each([
  ["another data centre", marco],
  ["the data centre where the client begins", amara],
])("a scan by an account of %s with a password asks for it", async (_where, { phone, id, password }) => {
  const step = await world.begin({});
  await world.scan(step, phone);
  const asking = await world.answer(step, {});
  expect(asking).toMatchObject({ type: "ask", subject: "scanned", question: { name: "password" } });
  const again = await world.answer(asking, { password: "not this" });
  expect(again).toMatchObject({ type: "ask", rejected: "password_rejected" });
  expect(await world.answer(again, { password })).toMatchObject({
    type: "connected",
    grant: { account: { id: String(id) } },
  });
});

/** The step after a wait of so long, and how often a token was asked for meanwhile. */
async function waited(step: Step, ms: number, signal?: AbortSignal) {
  const before = await exports();
  const next = await world
    .provider()
    .resume({ ...walk, wait: { ms, ...(signal && { signal }) } }, getProviderState(step), {});
  return { next, exports: (await exports()) - before };
}

const getProviderState = (step: Step) => ("providerState" in step ? step.providerState : {});

async function exports(): Promise<number> {
  const { calls } = await world.control.listCalls();
  return calls.filter(({ path }) => path === "auth.exportLoginToken").length;
}

test("a scan is heard of at once, while it is waited for on one connection", async () => {
  const step = await world.begin({});
  const began = performance.now();
  const waiting = waited(step, 60_000);
  await expect.poll(exports, { timeout: 10_000 }).toBe(2);
  await world.scan(step, yuki.phone);
  expect(await waiting).toMatchObject({ next: { type: "connected", grant: { account: { id: String(yuki.id) } } } });
  expect(performance.now() - began).toBeLessThan(20_000);
});

test("a wait without a scan ends when its time is over, or when the process stops, with the same code", async () => {
  const step = await world.begin({});
  const code = "code" in step && step.code;
  expect(await waited(step, 200)).toMatchObject({ next: { type: "scan", code }, exports: 2 });
  expect(await waited(step, 60_000, AbortSignal.timeout(300))).toMatchObject({ next: { type: "scan", code } });
});

test("a code that ran out is not waited for", async () => {
  const step = await world.begin({});
  await world.control.setClock({ advanceMs: 60_000 });
  const { next } = await waited(step, 60_000);
  expect(next).toMatchObject({ type: "scan" });
  expect(next).not.toMatchObject({ code: "code" in step && step.code });
});

test("logins side by side in one process do not disturb one another", async () => {
  const provider = world.provider();
  const steps = await Promise.all(Array.from({ length: 6 }, () => provider.begin(walk, {})));
  const [, second, , fourth] = steps;
  if (second === undefined || fourth === undefined) throw new Error("not six steps");
  await world.scan(second, lena.phone);
  await world.scan(fourth, yuki.phone);
  const next = await Promise.all(
    steps.map((step) => provider.resume(walk, "providerState" in step ? step.providerState : {}, {})),
  );
  expect(next.map(({ type }) => type)).toEqual(["scan", "connected", "scan", "connected", "scan", "scan"]);
  expect(next[1]).toMatchObject({ grant: { account: { id: String(lena.id) } } });
  expect(next[3]).toMatchObject({ grant: { account: { id: String(yuki.id) } } });
});
