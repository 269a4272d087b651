import { beforeEach, expect, test } from "vitest";
import { forgetAll } from "./credentials/credential-process.ts";
import type { Browser } from "./harness/browser.ts";
import { entryWithRights, newKey } from "./harness/back-end.ts";
import { openWorld } from "./harness/open-world.ts";
import { subjects } from "./harness/subjects.ts";
import { createProduct, inVisit, openLink, productUrl } from "./harness/visit.ts";
import { connect, list } from "./harness/walk.ts";

const key = newKey();
const world = await openWorld({
  env: { SERVICE_KEYS: entryWithRights("shop.backend", key, { rights: ["connect"] }), CONNECT_RETURN_URLS: productUrl },
});
beforeEach(async () => {
  await world.control.reset();
  await forgetAll(world);
});

/** A new user, with what they sign in with. */
async function newMember() {
  const browser = world.browser();
  return { browser, ...(await browser.signUp()) };
}

const erase = (browser: Browser, password: unknown) => browser.post("/api/trpc/session.erase", { password });
const failureOf = (answer: { json: Record<string, unknown> }) =>
  (answer.json["error"] as { data: { failure: string; field?: string } }).data;
const countUsers = async (email: string) => (await world.sql(`select from "user" where email = $1`, [email])).length;

test("users erase themselves: every grant is revoked, everything is deleted, and the browser is signed out", async () => {
  const { browser, email, password } = await newMember();
  const rows = [];
  for (const subject of subjects) rows.push(await connect(browser, subject));
  const answer = await erase(browser, password);
  expect(answer.status).toBe(200);
  const { receipts } = (answer.json["result"] as { data: { receipts: { id: number }[] } }).data;
  expect(receipts.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  for (const { id } of subjects) expect(await world.control.listRefreshableGrants(id)).toEqual([]);
  for (const table of ["connection", "session", "account"])
    expect([table, await world.sql(`select from ${table}`)]).toEqual([table, []]);
  expect(await countUsers(email)).toBe(0);
  expect([...browser.cookies.keys()].filter((name) => name.includes("session"))).toEqual([]);
  expect((await browser.get("/api/trpc/connections.list")).status).toBe(401);
  const actors = await world.sql<{ actor: string }>(
    "select distinct actor from audit_event where action in ('erased', 'user_erased')",
  );
  expect(actors).toEqual([{ actor: expect.stringMatching(/^user:/) as string }]);
});

test("a user is erased only with their own password, and guessing it is slowed down", async () => {
  const [ada, ben] = [await newMember(), await newMember()];
  const row = await connect(ada.browser, subjects[0] ?? expect.fail("no subject"));
  await ben.browser.post("/api/auth/change-password", { currentPassword: ben.password, newPassword: "battery staple" });
  for (const password of ["wrong password", "battery staple", "", undefined, "x".repeat(129)])
    expect((await erase(ada.browser, password)).status).toBe(422);
  expect(failureOf(await erase(ada.browser, "wrong password"))).toMatchObject({
    failure: "password_rejected",
    field: "password",
  });
  const tries = [];
  for (let turn = 0; turn < 4; turn += 1) tries.push(failureOf(await erase(ada.browser, "wrong password")).failure);
  expect(tries.at(-1)).toBe("too_many_requests");
  expect(await list(ada.browser)).toMatchObject([{ id: row.id, status: "active" }]);
});

test("nobody is erased without a session, or by a session of somebody without a password", async () => {
  expect((await erase(world.browser(), "correct horse")).status).toBe(401);
  const { browser, email, password } = await newMember();
  await world.sql(`delete from account where user_id = (select id from "user" where email = $1)`, [email]);
  expect(failureOf(await erase(browser, password))).toMatchObject({ failure: "password_rejected" });
  expect(await countUsers(email)).toBe(1);
});

test("a connect session erases nobody, neither its user nor who is signed in beside it", async () => {
  const { browser, email, password } = await newMember();
  const visitor = world.browser();
  for (const one of [browser, visitor]) await openLink(one, await createProduct(world, key).create("usr_812"));
  const body = { password };
  for (const answer of [
    await browser.post(inVisit("/api/trpc/session.erase"), body),
    await visitor.post(inVisit("/api/trpc/session.erase"), body),
    await visitor.post("/api/trpc/session.erase", body),
  ])
    expect([answer.status, failureOf(answer).failure]).toEqual([401, "unauthenticated"]);
  expect(await countUsers(email)).toBe(1);
  expect(await world.sql(`select from "user" where external_id = 'usr_812'`)).toHaveLength(1);
});
