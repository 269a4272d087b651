import { createHmac, randomBytes } from "node:crypto";
import { openDatabase } from "@patchbay/core/db";
import { pino } from "pino";
import { afterAll, describe, expect, test } from "vitest";
import { decode } from "../../src/http/cookies.ts";
import { createAuth } from "../../src/sign-in/auth.ts";
import { Browser } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
import { failureIn, newcomer, newSecret, sessionCookie, signedToken } from "../harness/probe.ts";
import { raw, rawBytes } from "../harness/raw.ts";
import { createWorld } from "../harness/world.ts";

const world = await openWorld();
const database = openDatabase(world.databaseUrl);
const auth = createAuth({ ...world.config, db: database.db, log: pino({ level: "silent" }) });
afterAll(() => database.close());

type Headers = Record<string, string>;

/** Whether our own check lets a request in. */
async function ours(headers: Headers): Promise<boolean> {
  const { status, text } = await raw(`${world.url}/api/v1/channels/`, { headers });
  if (status !== 200 && status !== 401) throw new Error(`${status}: ${text}`);
  return status === 200;
}

/** Whether better-auth by itself, as if nothing of ours stood before it, knows the session in a cookie header. */
async function theirs({ cookie = "" }: Headers): Promise<boolean> {
  const headers = new globalThis.Headers([["cookie", Buffer.from(cookie).toString("latin1")]]);
  return (await auth.api.getSession({ headers })) !== null;
}

/** Whether the page is told who is signed in. */
async function seen(headers: Headers): Promise<boolean> {
  const { status, text } = await raw(`${world.url}/api/trpc/session.get`, { headers });
  if (status !== 200) throw new Error(`${status}: ${text}`);
  return (JSON.parse(text) as { result: { data: { user: unknown } } }).result.data.user !== null;
}

/** Forgeries of a signed token, and what is still the same thing otherwise written. */
function alterations(token: string, secret: string): string[] {
  const signed = signedToken(token, secret);
  const signature = signed.slice(token.length + 1);
  const flips = Array.from({ length: signed.length }, (_, at) => {
    const other = signed[at] === "A" ? "B" : "A";
    return signed.slice(0, at) + other + signed.slice(at + 1);
  });
  const cuts = [1, 2, 10, 43, 44, 45, 46, 60, signed.length - 1].map((length) =>
    signed.slice(0, signed.length - length),
  );
  // The last character of a signature holds two bits that mean nothing: the same bytes can be written in four ways.
  const lastCharacters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].map(
    (character) => `${signed.slice(0, -2)}${character}=`,
  );
  const unkeyed = (key: string, digest = "sha256") => createHmac(digest, key).update(token).digest("base64");
  return [
    signed,
    encodeURIComponent(signed),
    encodeURIComponent(encodeURIComponent(signed)),
    signed.replace(".", "%2E"),
    signed.replaceAll(/./g, (character) => `%${character.charCodeAt(0).toString(16)}`),
    `${signed.slice(0, -1)}%3D`,
    `${signed.slice(0, -1)}%3`,
    `${signed}%`,
    signed.slice(0, -1),
    `${signed}=`,
    `${signed}.`,
    `.${signed}`,
    `${signed}.${signature}`,
    `${token}.${token}.${signature}`,
    `x${signed}`,
    `${signed}x`,
    `"${signed}"`,
    `"${signed}`,
    `${signed}"`,
    `'${signed}'`,
    ` ${signed} `,
    `\t${signed}`,
    signed.replace(".", " ."),
    token,
    `${token}.`,
    `${token}.undefined`,
    `${token}.null`,
    `${token}.${"A".repeat(43)}=`,
    `${token}.${Buffer.alloc(32).toString("base64")}`,
    `${token}.${unkeyed("")}`,
    `${token}.${unkeyed("secret")}`,
    `${token}.${unkeyed(secret.toUpperCase())}`,
    `${token}.${unkeyed(secret, "sha1")}`,
    `${token}.${unkeyed(secret, "sha512")}`,
    `${token}.${Buffer.from(signature, "base64").toString("hex")}`,
    `${token}.${Buffer.from(signature, "base64").toString("base64url")}`,
    `${token}.${Buffer.from(signature, "base64").toString("base64url")}=`,
    `${signature}.${token}`,
    signed.toLowerCase(),
    signed.toUpperCase(),
    Buffer.from(signed).toString("base64"),
    `${signed},${signed}`,
    `${newSecret()}.${signature}`,
    signedToken(newSecret(), secret),
    signedToken("", secret),
    signedToken(`${token}x`, secret),
    signedToken(`${token}.${signature}`, secret),
    signedToken(token.toLowerCase(), secret),
    `${token}%00.${signature}`,
    `${token}\u00ff.${signature}`,
    ...flips,
    ...cuts,
    ...lastCharacters,
  ];
}

async function someone(): Promise<{ token: string; signed: string }> {
  const browser = await newcomer(world);
  const signed = decodeURIComponent(browser.cookies.get(sessionCookie(world)) ?? "");
  return { token: signed.slice(0, signed.lastIndexOf(".")), signed };
}

/** The cookie headers about which the two checks disagree, or of which the page is told otherwise. */
async function disagreements(cookies: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const cookie of cookies) {
    const [mine, other, shown] = await Promise.all([ours({ cookie }), theirs({ cookie }), seen({ cookie })]);
    if (mine !== other || mine !== shown) found.push(`ours ${mine}, theirs ${other}, shown ${shown}: ${cookie}`);
  }
  return found;
}

/** Those of the headers that both ways let in, and those that both keep out. */
async function letIn(inputs: readonly Headers[]): Promise<boolean[]> {
  const verdicts: boolean[] = [];
  for (const headers of inputs) {
    const [mine, shown] = await Promise.all([ours(headers), seen(headers)]);
    if (mine !== shown) throw new Error(`let in ${mine}, shown ${shown}: ${JSON.stringify(headers)}`);
    verdicts.push(mine);
  }
  return verdicts;
}

describe("our check of a session", () => {
  test("86. our check of a session agrees with better-auth's on cookies altered in every way", async () => {
    const { token } = await someone();
    const inputs = alterations(token, world.config.authSecret).map((value) => `${sessionCookie(world)}=${value}`);
    expect(inputs.length).toBeGreaterThan(200);
    expect(await disagreements(inputs)).toEqual([]);
  });

  test("86. our check of a session agrees with better-auth's on Bearers altered in every way", async () => {
    const { token } = await someone();
    const values = alterations(token, world.config.authSecret);
    const accepted = await letIn(values.map((value) => ({ authorization: `Bearer ${value}` })));
    expect(accepted.filter(Boolean).length).toBeGreaterThan(5);
    for (const [index, value] of values.entries()) {
      const cookie = `${sessionCookie(world)}=${encodeURIComponent(decode(value.trim()))}`;
      if (accepted[index]) expect([value, await theirs({ cookie })]).toEqual([value, true]);
    }
  });

  test("86. our check of a session agrees with better-auth's on cookie headers written in every way", async () => {
    const { signed } = await someone();
    const name = sessionCookie(world);
    const cookies = [
      `x=1; ${name}=${signed}; y=2`,
      `;;${name}=${signed};`,
      `  ${name} = ${signed} `,
      `${name}==${signed}`,
      name,
      `${name}=`,
      `=${signed}`,
      `${name}; x=${signed}`,
      `x; ${name}=${signed}`,
      `x;y;${name}=${signed}`,
      `${name.toUpperCase()}=${signed}`,
      `__Secure-${name}=${signed}`,
      `__Host-${name}=${signed}`,
      `${name}=${signed}, x=1`,
      `a="; ${name}=${signed}; b="`,
      `${name}=%E0%A4%A`,
      `${name}=%`,
      `%70${name.slice(1)}=${signed}`,
      "=",
      ";",
      `${"x=1; ".repeat(500)}${name}=${signed}`,
    ];
    expect(await disagreements(cookies)).toEqual([]);
  });
});

describe("a Bearer", () => {
  test("a Bearer is let in however its scheme is written, and by its signature alone", async () => {
    const { signed, token } = await someone();
    const bad = `${newSecret()}.${"A".repeat(43)}=`;
    const good = [`bearer ${signed}`, `BEARER ${signed}`, `Bearer  ${signed}`, `Bearer ${encodeURIComponent(signed)}`];
    const wrong = [
      `Bearer${signed}`,
      `Bearer ${signed} x`,
      `Bearer ${signed}, Bearer ${bad}`,
      `Bearer "${signed}"`,
      "Bearer",
      "Bearer ",
      `Basic ${signed}`,
      `Token ${signed}`,
      signed,
      `Bearer ${token}`,
      `Bearer %`,
      `Bearer ${"A".repeat(8_000)}`,
    ];
    const tried = (texts: readonly string[]) => letIn(texts.map((authorization) => ({ authorization })));
    expect(await tried(good)).toEqual(good.map(() => true));
    expect(await tried(wrong)).toEqual(wrong.map(() => false));
  });

  test("a Bearer that does not hold counts as none beside a cookie that does, and the other way round", async () => {
    const [{ signed, token }, bad] = [await someone(), `${newSecret()}.${"A".repeat(43)}=`];
    const cookie = (value: string) => `${sessionCookie(world)}=${value}`;
    const headers = [
      ...[`Bearer ${bad}`, `Bearer ${token}`, "Bearer x", "Bearer", "Basic eDp5"].map((authorization) => ({
        cookie: cookie(signed),
        authorization,
      })),
      { cookie: cookie(bad), authorization: `Bearer ${signed}` },
    ];
    expect(await letIn([...headers, {}])).toEqual([...headers.map(() => true), false]);
  });
});

/** The token of the session whose attempt a request begins. */
async function whose(headers: Headers): Promise<string | undefined> {
  const before = await world.sql("select from attempt");
  await raw(`${world.url}/api/v1/channels/zoom/auth`, { headers });
  const rows = await world.sql<{ token: string }>(
    "select s.token from attempt a join session s on s.id = a.session_id order by a.created_at desc",
  );
  return rows.length === before.length + 1 ? rows[0]?.token : undefined;
}

describe("a session", () => {
  test("a session is the Bearer's if there is one, beside whatever cookie", async () => {
    const [one, two] = [await someone(), await someone()];
    const cookie = `${sessionCookie(world)}=${one.signed}`;
    expect(await whose({ cookie })).toBe(one.token);
    expect(await whose({ cookie, authorization: `Bearer ${two.signed}` })).toBe(two.token);
  });

  test("a session is over at the request after its sign-out, in every process, as cookie and as Bearer", async () => {
    const browser = await world.signedIn();
    const cookie = `${sessionCookie(world)}=${browser.cookies.get(sessionCookie(world))}`;
    const authorization = `Bearer ${browser.cookies.get(sessionCookie(world))}`;
    const other = await world.another();
    const asked = async (url: string) =>
      await Promise.all(
        [{ cookie }, { authorization }].map(
          async (headers) => (await raw(`${url}/api/v1/channels/`, { headers })).status,
        ),
      );
    expect([await asked(world.url), await asked(other.url)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    expect((await browser.post("/api/auth/sign-out", {})).status).toBe(200);
    expect([await asked(world.url), await asked(other.url)]).toEqual([
      [401, 401],
      [401, 401],
    ]);
    expect(await seen({ cookie })).toBe(false);
    await other.stop();
  });

  test("a session that was read from the database is no login: neither as cookie nor as Bearer", async () => {
    const browser = await world.signedIn();
    expect((await browser.get("/api/v1/channels/")).status).toBe(200);
    const rows = await world.sql<Record<string, unknown>>("select * from session");
    const stored = rows
      .flatMap((row) => Object.values(row))
      .filter((value): value is string => typeof value === "string");
    for (const value of stored) {
      for (const dress of [
        value,
        `${value}.`,
        `${value}.${value}`,
        `${value}.${Buffer.from(value).toString("base64").slice(0, 43)}=`,
      ]) {
        expect(await ours({ cookie: `${sessionCookie(world)}=${encodeURIComponent(dress)}` })).toBe(false);
        expect(await ours({ authorization: `Bearer ${dress}` })).toBe(false);
      }
    }
  });

  test("a session says whose it is, with the id that back ends ask by; without one it is nobody's", async () => {
    const browser = new Browser(world.url);
    const { email } = await browser.signUp();
    const [row] = await world.sql<{ id: string }>(`select id from "user" where email = $1`, [email]);
    const get = async (asking: Browser) => (await asking.get("/api/trpc/session.get")).json;
    expect(await get(browser)).toEqual({
      result: { data: { user: { id: row?.id, email, name: "Test" }, signUp: "open" } },
    });
    expect(await get(new Browser(world.url))).toEqual({ result: { data: { user: null, signUp: "open" } } });
  });

  test("a session that ran out is no session", async () => {
    const { token, signed } = await someone();
    await world.sql("update session set expires_at = now() - interval '1 second' where token = $1", [token]);
    expect(await ours({ cookie: `${sessionCookie(world)}=${signed}` })).toBe(false);
    expect(await seen({ cookie: `${sessionCookie(world)}=${signed}` })).toBe(false);
  });

  test("a session of a user who was deleted is no session", async () => {
    const { token, signed } = await someone();
    await world.sql(`delete from "user" where id = (select user_id from session where token = $1)`, [token]);
    expect(await ours({ cookie: `${sessionCookie(world)}=${signed}` })).toBe(false);
  });

  test("a session is over thirty days after the sign-in, however often it was renewed", async () => {
    const browser = await world.signedIn();
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const token = decodeURIComponent(browser.cookies.get(sessionCookie(world)) ?? "").split(".")[0];
    const age = (created: string) =>
      world.sql(
        `update session set created_at = now() - $2::interval, updated_at = now() - interval '2 days',
                expires_at = now() + interval '5 days' where token = $1`,
        [token, created],
      );
    await age("29 days 23 hours");
    expect(await ours({ cookie })).toBe(true);
    expect((await browser.get("/api/trpc/session.get")).text).toContain("@example.com");
    const [renewed] = await world.sql<{ hours: number }>(
      "select extract(epoch from expires_at - now())::float8 / 3600 as hours from session where token = $1",
      [token],
    );
    expect(renewed?.hours).toBeLessThan(1.01);
    await age("30 days 1 second");
    expect(await ours({ cookie })).toBe(false);
    expect((await browser.get("/api/trpc/session.get")).text).toContain('"user":null');
  });

  test("a session reaches no script: it comes in a cookie with HttpOnly, and in no other header and no body", async () => {
    const browser = new Browser(world.url);
    const account = { email: `${newSecret()}@example.com`, password: "correct horse", name: "Test" };
    const answer = await browser.post("/api/auth/sign-up/email", account);
    const signed = decodeURIComponent(browser.cookies.get(sessionCookie(world)) ?? "");
    const line = answer.headers.getSetCookie().find((cookie) => cookie.startsWith(sessionCookie(world))) ?? "";
    expect(line).toMatch(/; HttpOnly/);
    expect(line).toMatch(/; SameSite=Lax/);
    for (const again of [answer, await browser.post("/api/auth/sign-in/email", account)]) {
      const readable = JSON.stringify([again.text, [...again.headers].filter(([name]) => name !== "set-cookie")]);
      expect(readable).not.toContain(signed.split(".")[0]);
      expect(Object.keys(again.json)).toEqual(["user"]);
    }
    // A program, which reads its own cookies, has its Bearer there.
    expect(await ours({ authorization: `Bearer ${signed}` })).toBe(true);
  });
});

const guess = (path: string, headers: Headers = {}) =>
  raw(world.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.7", ...headers },
    body: JSON.stringify({ email: "nobody@example.com", password: randomBytes(6).toString("hex"), name: "x" }),
  });

describe("who may sign in", () => {
  test("a sign-up cannot ask for an operator's rights", async () => {
    const wish = { role: "operator", emailVerified: true, id: "chosen" };
    const account = { email: `${newSecret()}@example.com`, password: "correct horse", name: "Test", ...wish };
    await new Browser(world.url).post("/api/auth/sign-up/email", account);
    const browser = await world.signedIn();
    await browser.post("/api/auth/update-user", { name: "Another", ...wish });
    await browser.post("/api/auth/update-user", { role: "operator" });
    await browser.post("/api/auth/update-session", { token: "chosen", userId: "chosen", expiresAt: "2099-01-01" });
    expect(await world.sql(`select from "user" where role <> 'user' or email_verified or id = 'chosen'`)).toEqual([]);
    expect(
      await world.sql("select from session where token = 'chosen' or user_id = 'chosen' or expires_at > '2090-01-01'"),
    ).toEqual([]);
  });

  test("a sign-in is the same whatever host and scheme a request names, and never a 500", async () => {
    const browser = await newcomer(world);
    const body = JSON.stringify({ email: "nobody@example.com", password: "wrong horse" });
    const json = { "content-type": "application/json", "x-forwarded-for": browser.address };
    for (const headers of [{ host: "[" }, { host: "h/api/auth/ok?" }, { "x-forwarded-proto": "javascript" }]) {
      const tried = { method: "POST", body, headers: { ...json, ...headers } };
      expect([headers, (await raw(`${world.url}/api/auth/sign-in/email`, tried)).status]).toEqual([headers, 401]);
      const called = await raw(`${world.url}/api/trpc/session.get`, { browser, headers });
      expect([headers, called.status < 500]).toEqual([headers, true]);
    }
    for (const target of ["http://[/api/auth/ok", "http://h/api/auth/sign-in/email"]) {
      const head = `POST ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
      expect([target, await rawBytes(world.url, head)]).toEqual([target, expect.stringMatching(/^HTTP\/1.1 4/)]);
    }
    expect(world.logged()).not.toContain('"level":50');
  });

  test("a sign-in with a wrong password and one for an unknown user are told alike", async () => {
    const { email } = await world.browser().signUp();
    const tryAs = (address: string) =>
      world.browser().post("/api/auth/sign-in/email", { email: address, password: "wrong horse" });
    const [known, unknown] = [await tryAs(email), await tryAs(`${newSecret()}@example.com`)];
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
    expect(known.status).toBe(401);
  });

  test("sign-up is closed to newcomers if SIGN_UP says so", async () => {
    const closed = await createWorld({ env: { SIGN_UP: "closed" } });
    const browser = closed.browser();
    const account = { email: `${newSecret()}@example.com`, password: "correct horse", name: "Test" };
    const refused = await browser.post("/api/auth/sign-up/email", account);
    expect([refused.status, failureIn(refused)]).toEqual([403, "sign_up_closed"]);
    expect(await closed.sql(`select from "user"`)).toEqual([]);
    await closed[Symbol.asyncDispose]();
  });

  test("a sign-in leads nowhere but to us", async () => {
    for (const wish of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      const account = { email: "nobody@example.com", password: "wrong horse", callbackURL: wish };
      const answer = await world.browser().post("/api/auth/sign-in/email", account);
      expect([403, 401, 400]).toContain(answer.status);
      expect(answer.location).toBeUndefined();
      const { location } = await world.browser().get(`/api/auth/error?error=x&callbackURL=${encodeURIComponent(wish)}`);
      expect(location?.origin ?? world.url).toBe(world.url);
    }
  });

  test("of the other kinds of sign-in that better-auth has, none is open", async () => {
    const browser = await world.signedIn();
    const [{ count: before } = { count: 0 }] = await world.sql<{ count: number }>(
      `select count(*)::int as count from "user"`,
    );
    for (const [path, body] of [
      ["sign-in/social", { provider: "google" }],
      ["link-social", { provider: "google" }],
      ["sign-in/anonymous", {}],
      ["request-password-reset", { email: "nobody@example.com", redirectTo: "//evil.example" }],
      ["delete-user", {}],
      ["change-email", { newEmail: "other@example.com" }],
    ] as const) {
      const answer = await browser.post(`/api/auth/${path}`, body);
      expect([path, answer.status >= 400]).toEqual([path, true]);
    }
    const [{ count: after } = { count: 0 }] = await world.sql<{ count: number }>(
      `select count(*)::int as count from "user"`,
    );
    expect(after).toBe(before);
    expect(failureIn(await browser.get("/api/v1/channels/"))).toBeNull();
  });
});

describe("how often an address may try to sign in", () => {
  test("an address may try sixty times a minute, whatever it says of itself, and however it writes the path", async () => {
    const statuses: number[] = [];
    // Too short a password is refused before it is hashed: quick, and counted all the same.
    for (let turn = 0; turn < 60; turn++) {
      const path = turn % 2 === 0 ? "/api/auth/sign-in/email" : "/api/auth/sign-up/email";
      statuses.push(
        (
          await raw(world.url + path, {
            method: "POST",
            headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.7" },
            body: "{}",
          })
        ).status,
      );
    }
    expect(statuses).not.toContain(429);
    const refused = await guess("/api/auth/sign-in/email");
    expect([refused.status, (JSON.parse(refused.text) as { code: string }).code]).toEqual([429, "too_many_requests"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    const sameAddress = [
      { "x-real-ip": "198.51.100.1" },
      { forwarded: "for=198.51.100.1" },
      { "x-forwarded-for": "198.51.100.1, 203.0.113.7" },
    ];
    for (const headers of sameAddress) expect((await guess("/api/auth/sign-in/email", headers)).status).toBe(429);
    for (const path of ["sign-up/email", "change-password"]) {
      expect([path, (await guess(`/api/auth/${path}`)).status]).toEqual([path, 429]);
    }
    const otherWays = [
      "/api/auth/sign-in/email/",
      "/api/auth/sign-in/email?x=1",
      "/api/auth/sign-in/email//",
      "/api/auth//sign-in/email",
      "/api//auth/sign-in/email",
      "//api/auth/sign-in/email",
      "/api/auth/./sign-in/email",
      "/api/auth/x/../sign-in/email",
      "/api/auth/x/%2e%2E/sign-in/email",
      "/api/auth/%2e/sign-in/email",
      "/api/auth/sign-in\\email",
      "/api/auth\\sign-in/email",
      "/api/auth/sign-in\\email#",
      "/api/auth/sign-in/email#",
      "/api/x/../auth/sign-in/email",
      "/x/../api/auth/sign-in/email",
      "/api/auth/./sign-up/email",
      "/api/auth/./change-password",
      "/api/auth/./verify-password",
      "/api/auth/sign-in%2Femail",
      "/api/auth/sign-in/%65mail",
      "/api/auth/SIGN-IN/email",
      "/API/auth/sign-in/email",
      "/api/auth/sign-in/email;x",
      "/api/auth/sign-in/email%00",
    ];
    for (const path of otherWays) {
      const { status } = await guess(path);
      expect([path, status === 429 || status === 404]).toEqual([path, true]);
    }
    const elsewhere = [
      { "x-forwarded-proto": "http://h/api/auth/sign-in/email?" },
      { host: "h/api/auth/sign-in/email?" },
      { host: "h/api/auth/sign-in/email#" },
    ];
    for (const headers of elsewhere) {
      const { status } = await guess("/api/auth/ok", headers);
      expect([headers, status]).toEqual([headers, 404]);
    }
    expect((await guess("/api/auth/sign-in/email", { "x-forwarded-for": "203.0.113.8" })).status).toBe(401);
  });
});
