import { randomUUID } from "node:crypto";
import { openDatabase } from "@patchbay/core/db";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { createAuth } from "../src/sign-in/auth.ts";
import { refusals } from "../src/sign-in/refusals.ts";
import { signInPaths } from "../src/sign-in/router.ts";
import { Browser } from "./harness/browser.ts";
import { openWorld } from "./harness/open-world.ts";
import { failureIn } from "./harness/probe.ts";
import { createWorld } from "./harness/world.ts";

const world = await openWorld();

const newAccount = () => ({ email: `${randomUUID()}@example.com`, password: "correct horse", name: "Test" });
const errorLines = () =>
  world
    .logged()
    .split("\n")
    .filter((line) => line.includes('"level":50') || line.includes('"level":40'));

test("of all that better-auth can be asked, the paths of our list exist, and no other", async () => {
  const database = openDatabase(world.databaseUrl);
  const { api } = createAuth({ ...world.config, db: database.db, log: pino({ level: "silent" }) });
  const paths = Object.values(api as Record<string, { path?: string }>).flatMap(({ path }) => path ?? []);
  expect(paths.length).toBeGreaterThan(25);
  const browser = await world.signedIn();
  for (const path of paths) {
    const at = `/api/auth${path.replaceAll(/:\w+/g, "x")}`;
    const answers = [
      await browser.get(`${at}?callbackURL=/..//evil.example&token=x&state=x`),
      await browser.post(at, {}),
    ];
    const known = signInPaths.some((own) => path === `/${own}`);
    for (const answer of answers) {
      expect([path, answer.location]).toEqual([path, undefined]);
      if (!known) expect([path, answer.status, failureIn(answer)]).toEqual([path, 404, "not_found"]);
    }
    if (known) expect([path, answers[0]?.status]).toEqual([path, 405]);
  }
  expect(signInPaths.filter((own) => !paths.includes(`/${own}`))).toEqual([]);
  expect(errorLines()).toEqual([]);
  await database.close();
});

describe("what is wrong with an account is told by a code of ours, and by the field at fault,", () => {
  const account = newAccount();

  test.each([
    { what: "an address without a dot", body: { email: "ada@example" }, sentence: /e-mail address.*ada@example\.com/ },
    { what: "no address at all", body: { email: "ada" }, sentence: /e-mail address/ },
    { what: "an address that no mail reaches", body: { email: `${"a".repeat(250)}@example.com` }, sentence: /e-mail/ },
    { what: "a password of seven characters", body: { password: "1234567" }, sentence: /8 to 128/ },
    { what: "a password of 129", body: { password: "x".repeat(129) }, sentence: /8 to 128/ },
    { what: "no password", body: { password: undefined }, sentence: /8 to 128/ },
    { what: "a name of 60 kB", body: { name: "x".repeat(60_000) }, sentence: /name/ },
    { what: "no name", body: { name: "" }, sentence: /name/ },
  ])(
    "at sign-up with $what, a code of ours tells what is wrong, and the field at fault",
    async ({ body, sentence }) => {
      const answer = await world.browser().post("/api/auth/sign-up/email", { ...account, ...body });
      const [field] = Object.keys(body);
      expect([answer.status, failureIn(answer), answer.json["field"]]).toEqual([422, "invalid_request", field]);
      expect(answer.json["message"]).toMatch(sentence);
      expect(await world.sql(`select from "user" where email = $1`, [account.email])).toEqual([]);
    },
  );

  test("at sign-up, an address that is taken is told, also if two come at once", async () => {
    const twin = newAccount();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => world.browser().post("/api/auth/sign-up/email", twin)),
    );
    const told = answers.map((answer) => [answer.status, failureIn(answer)].join(" ")).sort();
    expect(told).toEqual(["200 ", "409 email_taken", "409 email_taken", "409 email_taken"]);
    expect(errorLines()).toEqual([]);
  });

  test("at sign-in, a known user is not told from an unknown one", async () => {
    const { email } = await world.browser().signUp();
    for (const body of [
      { email, password: "wrong horse" },
      { email: `${randomUUID()}@example.com`, password: "wrong horse" },
    ]) {
      const answer = await world.browser().post("/api/auth/sign-in/email", body);
      expect([answer.status, failureIn(answer)]).toEqual([401, "sign_in_refused"]);
      expect(answer.json["message"]).toBe("E-mail or password is not right.");
    }
    expect(errorLines()).toEqual([]);
  });

  test("at a change of the password, a code of ours tells what is wrong", async () => {
    const browser = new Browser(world.url);
    const { password } = await browser.signUp();
    const change = (body: unknown, from = browser) => from.post("/api/auth/change-password", body);
    const wrong = await change({ currentPassword: "wrong horse", newPassword: "other horse" });
    expect([wrong.status, failureIn(wrong)]).toEqual([422, "password_rejected"]);
    const short = await change({ currentPassword: password, newPassword: "1234567" });
    expect([short.status, failureIn(short), short.json["field"]]).toEqual([422, "invalid_request", "newPassword"]);
    const stranger = await change({ currentPassword: password, newPassword: "other horse" }, world.browser());
    expect([stranger.status, failureIn(stranger)]).toEqual([401, "unauthenticated"]);
  });
});

test("each of better-auth's codes that our paths lead to is one of ours", () => {
  const told = Object.values(refusals).flatMap((refusal) => refusal?.[0] ?? []);
  expect(new Set(told)).toEqual(
    new Set([
      "email_taken",
      "invalid_request",
      "password_rejected",
      "sign_in_refused",
      "sign_up_closed",
      "unauthenticated",
    ]),
  );
});

describe("what is written for one request is written whole or not at all:", () => {
  test("a sign-up whose account cannot be stored leaves its address free", async () => {
    await using broken = await createWorld();
    const account = newAccount();
    for (const table of ["account", "session"]) {
      await broken.sql(`create function fail_${table}() returns trigger language plpgsql as
        $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$`);
      await broken.sql(`create trigger fail before insert on ${table} for each row execute function fail_${table}()`);
      const refused = await broken.browser().post("/api/auth/sign-up/email", account);
      expect([table, refused.status, failureIn(refused)]).toEqual([table, 500, "internal"]);
      expect(refused.headers.getSetCookie()).toEqual([]);
      expect(await broken.sql(`select from "user"`)).toEqual([]);
      await broken.sql(`drop trigger fail on ${table}`);
    }
    expect((await broken.browser().post("/api/auth/sign-up/email", account)).status).toBe(200);
  });

  test("a sign-out that the database does not take is told as none", async () => {
    await using broken = await createWorld();
    const browser = await broken.signedIn();
    await broken.sql(`create function keep_session() returns trigger language plpgsql as
      $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$`);
    await broken.sql("create trigger keep before delete on session for each row execute function keep_session()");
    const refused = await browser.post("/api/auth/sign-out", {});
    expect([refused.status, failureIn(refused)]).toEqual([500, "internal"]);
    expect((await browser.get("/api/v1/channels/")).status).toBe(200);
  });

  test("a password that changes ends the other sessions, and the new one signs in", async () => {
    const [one, two] = [new Browser(world.url), new Browser(world.url)];
    const { email, password } = await one.signUp();
    await two.post("/api/auth/sign-in/email", { email, password });
    const stolen = one.copy();
    expect((await stolen.get("/api/v1/channels/")).status).toBe(200);
    const body = { currentPassword: password, newPassword: "another horse" };
    expect((await one.post("/api/auth/change-password", body)).status).toBe(200);
    const statuses = [];
    for (const browser of [one, two, stolen]) statuses.push((await browser.get("/api/v1/channels/")).status);
    expect(statuses).toEqual([200, 401, 401]);
    expect((await two.post("/api/auth/sign-in/email", { email, password })).status).toBe(401);
    expect((await two.post("/api/auth/sign-in/email", { email, password: "another horse" })).status).toBe(200);
  });
});
