import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Browser } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
import { raw } from "../harness/raw.ts";

// Each guess costs a password hash, and is meant to.
vi.setConfig({ testTimeout: 60_000 });

const world = await openWorld({ env: { WORKERS: "0" } });

/** Too short a password: refused before it is hashed, and counted all the same. */
async function guess(headers: Record<string, string>): Promise<number> {
  const { status } = await raw(`${world.url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ email: `${randomBytes(6).toString("hex")}@example.com` }),
  });
  return status;
}

describe("the limit of an address", () => {
  test.each<[string, (turn: number) => string]>([
    ["with another port each time", (turn) => `203.0.113.7:${50_000 + turn}`],
    ["in brackets, with another port each time", (turn) => `[2001:db8:7::1]:${50_000 + turn}`],
    ["in quotes, with another port each time", (turn) => `"[2001:db8:8::1]:${50_000 + turn}"`],
    ["of a /56, another each time", (turn) => `2001:db8:9:${turn.toString(16)}::1`],
    ["behind others of its own making", (turn) => `198.51.100.${turn}, 203.0.113.8`],
    ["that is none, another each time: the connection's counts", (turn) => `guess-${turn}`],
  ])("the limit of an address holds for one %s", async (_how, address) => {
    const statuses: number[] = [];
    for (let turn = 0; turn < 62; turn += 1) statuses.push(await guess({ "x-forwarded-for": address(turn) }));
    expect(statuses.slice(0, 60)).not.toContain(429);
    expect(statuses.slice(60)).toEqual([429, 429]);
  });
});

describe("the limit of an account", () => {
  beforeEach(async () => {
    await world.sql("delete from rate_limit");
  });

  /** A browser at a network of its own, or at one that is given. */
  const at = (from: Browser) => Object.assign(new Browser(world.url), { address: from.address });
  const enter = (browser: Browser, email: string, password = "wrong horse") =>
    browser.post("/api/auth/sign-in/email", { email, password });
  const statusOf = async (...[browser, email, password]: Parameters<typeof enter>) =>
    (await enter(browser, email, password)).status;
  const soon = () => world.sql("update rate_limit set retry_at = now()");

  test.each(["somebody's", "nobody's"])(
    "the limit of an account of %s holds at one network, with growing pauses",
    async (whose) => {
      const owner = world.browser();
      const account = whose === "nobody's" ? { email: "nobody@example.com", password: "" } : await owner.signUp();
      const guesser = world.browser();
      const together = await Promise.all(Array.from({ length: 8 }, () => statusOf(at(guesser), account.email)));
      expect(together.toSorted((one, other) => one - other)).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
      for (const pause of [15, 30, 60]) {
        const refused = await enter(guesser, account.email.toUpperCase(), account.password || "wrong horse");
        expect([refused.status, refused.json["code"]]).toEqual([429, "too_many_requests"]);
        const wait = Number(refused.headers.get("retry-after"));
        expect([wait > pause / 2, wait <= pause]).toEqual([true, true]);
        await soon();
        expect(await statusOf(guesser, account.email)).toBe(401);
      }
      if (account.password) expect(await statusOf(world.browser(), account.email, account.password)).toBe(200);
    },
  );

  test("the limit of an account holds for all networks together, and does not lock out who comes from where they signed in before", async () => {
    const owner = world.browser();
    const { email, password } = await owner.signUp();
    for (let turn = 0; turn < 20; turn += 1) expect(await statusOf(world.browser(), email)).toBe(401);
    expect(await statusOf(world.browser(), email)).toBe(429);
    const travelling = world.browser();
    expect(await statusOf(travelling, email, password)).toBe(429);
    expect(await statusOf(at(owner), email, password)).toBe(200);
    const [longest] = await world.sql<{ wait: number }>(
      "select max(extract(epoch from retry_at - now()))::float8 as wait from rate_limit",
    );
    expect(longest?.wait).toBeLessThanOrEqual(900);
    await soon();
    expect(await statusOf(travelling, email, password)).toBe(200);
  });

  test("the limit of an account is forgotten where the password was right", async () => {
    const browser = world.browser();
    const { email, password } = await browser.signUp();
    for (let round = 0; round < 2; round += 1) {
      for (let turn = 0; turn < 4; turn += 1) expect(await statusOf(browser, email)).toBe(401);
      expect(await statusOf(browser, email, password)).toBe(200);
    }
  });

  test("the limit of an account holds for a stolen session that guesses the password in order to change it", async () => {
    const browser = await world.signedIn();
    const change = () =>
      browser.post("/api/auth/change-password", { currentPassword: "wrong horse", newPassword: "another horse" });
    const statuses = [];
    for (let turn = 0; turn < 6; turn += 1) statuses.push((await change()).status);
    expect(statuses).toEqual([422, 422, 422, 422, 422, 429]);
  });
});

describe("a password that many people use", () => {
  test.each(["password", "12345678", "Password1", "iloveyou1", "QWERTYUIOP"])(
    "a password that many people use is not taken: %s",
    async (password) => {
      const account = { email: `${randomBytes(6).toString("hex")}@example.com`, password, name: "Test" };
      const answer = await world.browser().post("/api/auth/sign-up/email", account);
      expect([answer.status, answer.json["code"], answer.json["field"]]).toEqual([422, "password_common", "password"]);
      expect(await world.sql(`select from "user" where email = $1`, [account.email])).toEqual([]);
      const browser = world.browser();
      const { password: currentPassword } = await browser.signUp();
      const change = await browser.post("/api/auth/change-password", { currentPassword, newPassword: password });
      expect([change.status, change.json["code"]]).toEqual([422, "password_common"]);
    },
  );
});
