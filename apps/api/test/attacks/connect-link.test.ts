import { describe, expect, test } from "vitest";
import { entryWithRights, newKey, type Said } from "../harness/back-end.ts";
import type { Answer, Browser } from "../harness/browser.ts";
import { nameCookies } from "../../src/http/cookies.ts";
import { openWorld } from "../harness/open-world.ts";
import { exchanges, failureIn, newSecret } from "../harness/probe.ts";
import { raw } from "../harness/raw.ts";
import { getSubject, subjects } from "../harness/subjects.ts";
import { dresses, dumpDatabase, remembering, textOf } from "../harness/traces.ts";
import { createProduct, goThrough, inVisit, openLink, openVisit, productUrl, returnFrom } from "../harness/visit.ts";

const key = newKey();
const world = await openWorld({
  env: {
    SERVICE_KEYS: entryWithRights("shop.backend", key, { rights: ["read", "token", "connect", "manage"] }),
    CONNECT_RETURN_URLS: productUrl,
  },
});
const product = createProduct(world, key);
const zoom = getSubject("zoom");
const { connect: connectCookie, browser: browserCookie } = nameCookies(world.config.publicUrl);

let count = 0;
const nextUser = (): string => `usr_${(count += 1)}`;
const told = ({ status, json }: Answer | Said): unknown[] => [status, json["code"]];
const visitIn = (browser: Browser): Promise<Answer> => browser.get(inVisit("/api/trpc/connectSession.get"));
const elsewhere = [409, "session_opened_elsewhere"];

describe("a link that is forwarded", () => {
  test("96. a link that somebody else opens first never connects their account: its user finds it opened, and no completion fits", async () => {
    const [ada, mallory] = [nextUser(), nextUser()];
    const session = await product.create(ada);
    const [stranger, owner] = [world.browser(), world.browser()];
    expect((await openLink(stranger, session)).status).toBe(200);
    expect(told(await openLink(owner, session))).toEqual(elsewhere);
    expect(owner.cookies.size).toBe(0);
    const spent = await exchanges(world, zoom);
    const { code } = await returnFrom({ session, browser: stranger }, zoom);
    // Mallory is signed in at the product in the browser that the code came to.
    expect(told(await product.complete(session, code, mallory))).toEqual([409, "user_mismatch"]);
    expect(told(await product.complete(session, code, ada))).toEqual([409, "user_mismatch"]);
    expect(await exchanges(world, zoom)).toBe(spent);
    expect((await product.backEnd.list(ada)).json).toMatchObject({ connections: [] });
  });

  test("96. a link that an attacker makes for themselves and a victim opens first connects nothing: the product names the victim", async () => {
    const [attacker, victim] = [nextUser(), nextUser()];
    const { session, browser } = await openVisit(world, product, { user: attacker });
    const spent = await exchanges(world, zoom);
    const { code } = await returnFrom({ session, browser }, zoom);
    expect(told(await product.complete(session, code, victim))).toEqual([409, "user_mismatch"]);
    expect(await exchanges(world, zoom)).toBe(spent);
    expect((await product.backEnd.list(attacker)).json).toMatchObject({ connections: [] });
  });

  test("96. a link that was opened opens in no other browser, and goes on in its own", async () => {
    const { session, browser } = await openVisit(world, product, { user: nextUser() });
    const another = await openVisit(world, product, { user: nextUser() });
    const own = browser.cookies.get(connectCookie);
    const forged = world.browser();
    forged.cookies.set(connectCookie, newSecret());
    const doubled = browser.copy();
    doubled.cookies.set(` ${connectCookie}`, newSecret());
    const others = { "a new browser": world.browser(), "a forged cookie": forged, "two cookies": doubled };
    for (const [what, other] of Object.entries({ ...others, "another visit": another.browser }))
      expect([what, ...told(await openLink(other, session))]).toEqual([what, ...elsewhere]);
    expect(another.browser.cookies.get(connectCookie)).not.toBe(own);
    expect((await visitIn(another.browser)).text).toContain(another.session.id);
    const reloaded = await openLink(browser, session);
    expect([reloaded.status, reloaded.headers.getSetCookie()]).toEqual([200, []]);
    expect((await visitIn(browser)).text).toContain(session.id);
    expect((await goThrough(browser, zoom)).location?.searchParams.has("connect_code")).toBe(true);
  });

  test("96. a link that twenty browsers open at once opens in one of them", async () => {
    const session = await product.create(nextUser());
    const browsers = Array.from({ length: 20 }, () => world.browser());
    const answers = await Promise.all(browsers.map((browser) => openLink(browser, session)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect(browsers.filter(({ cookies }) => cookies.has(connectCookie))).toHaveLength(1);
    expect(await world.sql("select from session where connect_session_id = $1", [session.id])).toHaveLength(1);
  });
});

describe("a link that nobody has opened", () => {
  test("97. a scanner that gets the link's address, or the address behind it, opens nothing", async () => {
    const session = await product.create(nextUser());
    const at = new URL(session.url);
    expect([at.origin, at.pathname, at.search, at.hash]).toEqual([world.url, "/connect", "", `#${session.token}`]);
    const open = "/api/v1/connect/open";
    const body = JSON.stringify({ token: session.token });
    const json = { "content-type": "application/json" };
    for (const [path, method, headers, sent] of [
      ["/connect", "GET", {}],
      ["/connect", "HEAD", {}],
      ["/connect", "GET", { "sec-purpose": "prefetch" }],
      ["/connect", "GET", { accept: "text/html" }],
      [`/connect?token=${session.token}`, "GET", {}],
      [`/connect/${session.token}`, "GET", {}],
      [`/connect%23${session.token}`, "GET", {}],
      [open, "GET", {}],
      [open, "HEAD", {}],
      [`${open}?token=${session.token}`, "GET", {}],
      [`${open}?token=${session.token}`, "POST", json, "{}"],
      [open, "PUT", json, body],
      [open, "POST", { "content-type": "text/plain" }, body],
      [open, "POST", { "content-type": "application/x-www-form-urlencoded" }, `token=${session.token}`],
    ] as const) {
      const answer = await raw(world.url + path, { method, headers, ...(sent !== undefined && { body: sent }) });
      const seen = [method, path, answer.status < 500 || answer.status === 503, answer.headers["set-cookie"]];
      expect(seen).toEqual([method, path, true, undefined]);
    }
    expect((await product.state(session)).json["status"]).toBe("open");
    expect(await world.sql("select from session where connect_session_id = $1", [session.id])).toEqual([]);
    expect((await openLink(world.browser(), session)).status).toBe(200);
  });

  test("97. a text that is no link's token is unknown, and never a 5xx", async () => {
    const session = await product.create(nextUser());
    const [{ hash } = expect.fail()] = await world.sql<{ hash: Buffer }>(
      "select token_hash as hash from connect_session where id = $1",
      [session.id],
    );
    const browser = world.browser();
    const guesses = [
      `pbcs_${newSecret()}`,
      `pbcs_${hash.toString("base64url")}`,
      session.id,
      session.token.slice(5),
      session.token.slice(0, -1),
      session.token.toUpperCase(),
      ` ${session.token}`,
      `${session.token}\u0000`,
      `pbcs_${"a".repeat(42)}=`,
      "%00",
      "__proto__",
    ];
    for (const token of guesses)
      expect([token, ...told(await openLink(browser, { token }))]).toEqual([token, 404, "connect_session_unknown"]);
    for (const token of [null, 1, [session.token], { token: session.token }, "", "a".repeat(10_000)]) {
      const answer = await browser.post("/api/v1/connect/open", { token });
      expect([token, ...told(answer)]).toEqual([token, 422, "invalid_request"]);
      expect(answer.text).not.toContain(session.token);
    }
    for (const body of ["", "[]", "null", '"x"', "{", '{"__proto__":{"token":"x"}}'])
      expect([body, (await browser.send("/api/v1/connect/open", { method: "POST", body })).status]).toEqual([
        body,
        422,
      ]);
    expect((await product.state(session)).json["status"]).toBe("open");
  });

  test("97. a link that has expired, was cancelled, or never was, is refused in the same words", async () => {
    const [expired, cancelled] = [await product.create(nextUser()), await product.create(nextUser())];
    await world.sql("update connect_session set expires_at = now() - interval '1 second' where id = $1", [expired.id]);
    await product.cancel(cancelled);
    const answers = await Promise.all(
      [expired, cancelled, { token: `pbcs_${newSecret()}` }].map((link) => openLink(world.browser(), link)),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(told(answers[0] ?? expect.fail())).toEqual([404, "connect_session_unknown"]);
    expect((await product.state(expired)).json["status"]).toBe("expired");
  });
});

describe("what a visit leaves behind", () => {
  test("98. no token, code or cookie of a visit is in a log, a column, a referrer, or an answer that is not its own", async () => {
    const secrets = new Map<string, string>();
    const answers: { owner: string; text: string }[] = [];
    for (const subject of subjects) {
      const { browser, seen } = remembering(world.browser());
      const session = await product.create(nextUser(), { providers: [subject.id] });
      await openLink(browser, session);
      await visitIn(browser);
      const returned = await returnFrom({ session, browser }, subject);
      for (const answer of seen) {
        expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
        if (answer.location?.searchParams.has("connect_code"))
          expect([answer.status, answer.headers.get("cache-control")]).toEqual([303, "no-store"]);
      }
      const failed = await product.complete(session, newSecret(), "usr");
      const completed = await product.complete(session, returned.code, `usr_${count}`);
      expect(completed.status).toBe(200);
      secrets.set(`${subject.id}: link`, session.token);
      secrets.set(`${subject.id}: connect code`, returned.code);
      secrets.set(`${subject.id}: cookie`, browser.cookies.get(connectCookie) ?? "");
      secrets.set(`${subject.id}: browser`, browser.cookies.get(browserCookie) ?? "");
      secrets.set(`${subject.id}: state`, returned.state);
      secrets.set(`${subject.id}: code`, returned.back.searchParams.get("code") ?? "");
      // The return to the product holds the connect code, the way to the provider the state, and the cookies are new.
      const rest = seen.map((answer) => ({ ...answer, headers: new Headers(), location: undefined }));
      const said = [failed, completed, await product.state(session), await product.cancel(session)];
      answers.push(...rest.map((answer) => ({ owner: "page", text: textOf(answer) })));
      answers.push(...said.map(({ text, headers }) => ({ owner: "back end", text: text + JSON.stringify(headers) })));
    }
    expect(new Set(secrets.values()).size).toBe(6 * subjects.length);
    const kept = await dumpDatabase(world);
    const logged = world.logged();
    expect(logged).toContain("/api/v1/connect/open");
    for (const [what, secret] of secrets)
      for (const dress of dresses(secret)) {
        expect([what, "in a table", kept.includes(dress)]).toEqual([what, "in a table", false]);
        expect([what, "in the log", logged.includes(dress)]).toEqual([what, "in the log", false]);
        const tellers = answers.filter(({ text }) => text.includes(dress)).map(({ owner }) => owner);
        expect([what, tellers]).toEqual([what, []]);
      }
  });

  test("98. what the database holds of a visit opens nothing", async () => {
    const { session, browser } = await openVisit(world, product, { user: nextUser() });
    const [row = expect.fail()] = await world.sql<{ token: string; hash: Buffer }>(
      `select b.token, s.token_hash as hash from session b join connect_session s on s.id = b.connect_session_id
       where s.id = $1`,
      [session.id],
    );
    const hex = row.token.replace(/^connect:/, "");
    for (const value of [
      row.token,
      hex,
      Buffer.from(hex, "hex").toString("base64url"),
      row.hash.toString("base64url"),
    ]) {
      const thief = browser.copy();
      thief.cookies.set(connectCookie, value);
      expect((await visitIn(thief)).status).toBe(401);
      expect(failureIn(await thief.get(inVisit("/api/v1/channels/")))).toBe("unauthenticated");
    }
    expect((await visitIn(browser)).status).toBe(200);
  });
});
