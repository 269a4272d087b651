import { beforeEach, expect, test, vi } from "vitest";
import type { Answer, Browser } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
import { newcomer } from "../harness/probe.ts";

const lena = "+12025550101";
const yuki = "+61491570156";
const paths = "/api/v1/channels/telegram";

// Each login in steps opens connections of its own.
vi.setConfig({ testTimeout: 60_000 });

const env = { WORKERS: "0", CODES_PER_NUMBER: "3", CODES_PER_MINUTE: "6" };
const world = await openWorld({ telegram: true, env });
beforeEach(async () => {
  await world.sql("delete from rate_limit");
  await world.control.reset();
});

const ask = (browser: Browser, phoneNumber: string) => browser.post(`${paths}/connect/phone`, { phoneNumber });
const codeOf = ({ json }: Answer) => json["code"] ?? null;
const waitOf = ({ headers }: Answer) => Number(headers.get("retry-after"));
const newcomers = async (count: number) => await Promise.all(Array.from({ length: count }, () => newcomer(world)));

async function verify(browser: Browser, begun: Answer, code: string): Promise<Answer> {
  return await browser.post(`${paths}/connect/verify-code`, { sessionId: begun.json["sessionId"], code });
}

test("a password of Telegram's that cannot be one is not told the rules of ours", async () => {
  const browser = await newcomer(world);
  const begun = await ask(browser, yuki);
  for (const password of ["", "x".repeat(5000)]) {
    const { status, json } = await browser.post(`${paths}/connect/verify-2fa`, {
      sessionId: begun.json["sessionId"],
      password,
    });
    expect([status, json["field"]]).toEqual([422, "password"]);
    expect(json["message"]).toBe("Something in this request is missing or not as it should be. (password)");
  }
});

test("a number gets as many codes in an hour as are configured, whoever asks for them, and at once", async () => {
  const users = await newcomers(5);
  const answers = await Promise.all(users.map((user) => ask(user, lena)));
  const refused = answers.filter((answer) => codeOf(answer) === "too_many_requests");
  expect([answers.length - refused.length, refused.length]).toEqual([3, 2]);
  for (const answer of refused) expect(waitOf(answer)).toBeGreaterThanOrEqual(1);
  expect(await world.control.listCodes(lena)).toHaveLength(3);
  const other = await newcomer(world);
  const late = await ask(other, " +1 (202) 555-0101");
  expect([codeOf(late), waitOf(late) > 3500]).toEqual(["too_many_requests", true]);
  expect(codeOf(await ask(other, yuki))).toBeNull();
  await world.sql("update rate_limit set expires_at = now() - interval '1 second'");
  expect(codeOf(await ask(other, lena))).toBeNull();
});

test("an installation sends as many codes in a minute as are configured, to whatever numbers", async () => {
  const users = await newcomers(9);
  const answers = await Promise.all(users.map((user, at) => ask(user, `+1202555017${at}`)));
  const refused = answers.filter((answer) => codeOf(answer) === "too_many_requests");
  expect(refused).toHaveLength(3);
  for (const answer of refused) expect(waitOf(answer)).toBeLessThanOrEqual(60);
  expect((await (await newcomer(world)).post(`${paths}/connect/qr`, {})).status).toBe(200);
});

test("a number is sent all of its codes, whoever was refused meanwhile because of all the others", async () => {
  await world.sql(
    "insert into rate_limit (kind, subject, count, expires_at) values ('code_of_installation', sha256('telegram'), 6, now() + interval '1 minute')",
  );
  for (const user of await newcomers(4)) expect(codeOf(await ask(user, lena))).toBe("too_many_requests");
  await world.sql("delete from rate_limit where kind = 'code_of_installation'");
  for (const user of await newcomers(3)) expect(codeOf(await ask(user, lena))).toBeNull();
  expect(codeOf(await ask(await newcomer(world), lena))).toBe("too_many_requests");
  const counted = await world.sql("select count from rate_limit where kind = 'code_of_installation'");
  expect(counted).toEqual([{ count: 3 }]);
});

test("another code for the same login counts, and where there were enough the login stays as it was", async () => {
  const browser = await newcomer(world);
  const begun = await ask(browser, lena);
  const again = async () => {
    const answer = await browser.post("/api/trpc/connect.resume", {
      attempt: begun.json["sessionId"],
      values: { again: "" },
    });
    return /"failure":"(\w+)"/.exec(answer.text)?.[1] ?? answer.status;
  };
  const first = await again();
  await world.sql("update rate_limit set count = 3 where kind = 'code_to_recipient'");
  const before = (await world.control.listCodes(lena)).length;
  expect([first, await again()]).toEqual([200, "too_many_requests"]);
  const codes = await world.control.listCodes(lena);
  expect(codes).toHaveLength(before);
  expect((await verify(browser, begun, codes[0] ?? "")).status).toBe(200);
});

test("wrong codes are counted for a number too, so that more users have no more guesses", async () => {
  const begun = [];
  for (const user of await newcomers(3)) begun.push({ user, answer: await ask(user, lena) });
  const codes = await world.control.listCodes(lena);
  const wrong = ["00000", "11111", "22222", "33333"].find((code) => !codes.includes(code)) ?? "";
  const told: unknown[] = [];
  for (const { user, answer } of begun) {
    for (let turn = 0; turn < 4; turn += 1) told.push(codeOf(await verify(user, answer, wrong)));
  }
  expect(told).toEqual([...Array<string>(9).fill("code_rejected"), ...Array<string>(3).fill("too_many_requests")]);
  const [first] = begun;
  if (first === undefined) throw new Error("nobody");
  const refused = await verify(first.user, first.answer, codes.at(-1) ?? "");
  expect([codeOf(refused), waitOf(refused) > 3500]).toEqual(["too_many_requests", true]);
  // Other people's guesses may have been at something else than what is asked here.
  expect(refused.json["field"]).toBeUndefined();
  await world.sql("update rate_limit set expires_at = now() - interval '1 second'");
  expect((await verify(first.user, first.answer, codes.at(-1) ?? "")).status).toBe(200);
});
