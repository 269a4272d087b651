import { createHmac, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser } from "../harness/browser.ts";
import { failureIn, newcomer, newSecret, sessionCookie, signedToken } from "../harness/probe.ts";
import { raw, rawBytes } from "../harness/raw.ts";
import { createWorld, type World } from "../harness/world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

type Headers = Record<string, string>;

/** Whether our own check lets a request in. */
async function ours(headers: Headers): Promise<boolean> {
  const { status, text } = await raw(`${world.url}/api/v1/channels/`, { headers });
  if (status !== 200 && status !== 401) throw new Error(`${status}: ${text}`);
  return status === 200;
}

/** Whether better-auth knows the session of a request. */
async function theirs(headers: Headers): Promise<boolean> {
  const { status, text } = await raw(`${world.url}/api/auth/get-session`, { headers });
  if (status !== 200) throw new Error(`${status}: ${text}`);
  return JSON.parse(text) !== null;
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
  const signed = decodeURIComponent(browser.cookies.get(sessionCookie) ?? "");
  return { token: signed.slice(0, signed.lastIndexOf(".")), signed };
}

/** The inputs about which the two checks disagree. */
async function disagreements(inputs: readonly Headers[]): Promise<string[]> {
  const found: string[] = [];
  for (const headers of inputs) {
    const [mine, other] = await Promise.all([ours(headers), theirs(headers)]);
    if (mine !== other) found.push(`ours ${mine}, theirs ${other}: ${JSON.stringify(headers)}`);
  }
  return found;
}

describe("86. our check of a session agrees with better-auth's", () => {
  test("on cookies altered in every way", async () => {
    const { token } = await someone();
    const inputs = alterations(token, world.config.authSecret).map((value) => ({
      cookie: `${sessionCookie}=${value}`,
    }));
    expect(inputs.length).toBeGreaterThan(200);
    expect(await disagreements(inputs)).toEqual([]);
  });

  test("on Bearers altered in every way", async () => {
    const { token } = await someone();
    const inputs = alterations(token, world.config.authSecret).map((value) => ({ authorization: `Bearer ${value}` }));
    expect(await disagreements(inputs)).toEqual([]);
  });

  test("on headers written in every way", async () => {
    const [{ signed, token }, { signed: another }] = [await someone(), await someone()];
    const name = sessionCookie;
    const bad = `${newSecret()}.${"A".repeat(43)}=`;
    const cookies = [
      `${name}=${signed}; ${name}=${bad}`,
      `${name}=${bad}; ${name}=${signed}`,
      `${name}=${signed};${name}=${another}`,
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
      `%70atchbay.session_token=${signed}`,
      "=",
      ";",
      `${"x=1; ".repeat(500)}${name}=${signed}`,
    ];
    const bearers = [
      `bearer ${signed}`,
      `BEARER ${signed}`,
      `Bearer  ${signed}`,
      `Bearer\t${signed}`,
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
    const both: Headers[] = [
      { cookie: `${name}=${signed}`, authorization: `Bearer ${bad}` },
      { cookie: `${name}=${signed}`, authorization: `Bearer ${token}` },
      { cookie: `${name}=${signed}`, authorization: "Bearer x" },
      { cookie: `${name}=${signed}`, authorization: "Bearer" },
      { cookie: `${name}=${signed}`, authorization: "Basic eDp5" },
      { cookie: `${name}=${signed}`, authorization: `Bearer ${another}` },
      { cookie: `${name}=${bad}`, authorization: `Bearer ${signed}` },
      {},
    ];
    const inputs = [
      ...cookies.map((cookie) => ({ cookie })),
      ...bearers.map((authorization) => ({ authorization })),
      ...both,
    ];
    expect(await disagreements(inputs)).toEqual([]);
  });
});

/** The token of the session that better-auth finds in a request. */
async function whoTheirs(headers: Headers): Promise<string | undefined> {
  const { text } = await raw(`${world.url}/api/auth/get-session`, { headers });
  return (JSON.parse(text) as { session?: { token: string } } | null)?.session?.token;
}

/** The token of the session that we find: whose attempt it begins. */
async function whoOurs(headers: Headers): Promise<string | undefined> {
  const before = await world.sql("select from attempt");
  await raw(`${world.url}/api/v1/channels/zoom/auth`, { headers });
  const rows = await world.sql<{ token: string }>(
    "select s.token from attempt a join session s on s.id = a.session_id order by a.created_at desc",
  );
  return rows.length === before.length + 1 ? rows[0]?.token : undefined;
}

describe("a session", () => {
  test("is that of the first cookie, or of the Bearer: whose it is, both checks say alike", async () => {
    const [one, two] = [await someone(), await someone()];
    const twice = { cookie: `${sessionCookie}=${one.signed}; ${sessionCookie}=${two.signed}` };
    const both = { cookie: `${sessionCookie}=${one.signed}`, authorization: `Bearer ${two.signed}` };
    for (const [headers, owner] of [
      [twice, one],
      [both, two],
    ] as const) {
      expect(await whoTheirs(headers)).toBe(owner.token);
      expect(await whoOurs(headers)).toBe(owner.token);
    }
  });

  test("is over at the request after its sign-out, in every process, as cookie and as Bearer", async () => {
    const browser = await world.signedIn();
    const cookie = `${sessionCookie}=${browser.cookies.get(sessionCookie)}`;
    const authorization = `Bearer ${browser.cookies.get(sessionCookie)}`;
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
    expect(await theirs({ cookie })).toBe(false);
    await other.stop();
  });

  test("read from the database is no login: not as cookie, not as Bearer, not in any dress", async () => {
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
        expect(await ours({ cookie: `${sessionCookie}=${encodeURIComponent(dress)}` })).toBe(false);
        expect(await ours({ authorization: `Bearer ${dress}` })).toBe(false);
      }
    }
  });

  test("says whose it is, with the id that back ends ask by; without one it is nobody's", async () => {
    const browser = new Browser(world.url);
    const { email } = await browser.signUp();
    const [row] = await world.sql<{ id: string }>(`select id from "user" where email = $1`, [email]);
    const get = async (asking: Browser) => (await asking.get("/api/trpc/session.get")).json;
    expect(await get(browser)).toEqual({
      result: { data: { user: { id: row?.id, email, name: "Test" }, signUp: "open" } },
    });
    expect(await get(new Browser(world.url))).toEqual({ result: { data: { user: null, signUp: "open" } } });
  });

  test("that ran out is none", async () => {
    const { token, signed } = await someone();
    await world.sql("update session set expires_at = now() - interval '1 second' where token = $1", [token]);
    expect(await ours({ cookie: `${sessionCookie}=${signed}` })).toBe(false);
    expect(await theirs({ cookie: `${sessionCookie}=${signed}` })).toBe(false);
  });

  test("of a user who was deleted is none", async () => {
    const { token, signed } = await someone();
    await world.sql(`delete from "user" where id = (select user_id from session where token = $1)`, [token]);
    expect(await ours({ cookie: `${sessionCookie}=${signed}` })).toBe(false);
  });

  test("gets its cookie with HttpOnly and Lax, and no token in the answer's body is a login", async () => {
    const browser = new Browser(world.url);
    const account = { email: `${newSecret()}@example.com`, password: "correct horse", name: "Test" };
    const answer = await browser.post("/api/auth/sign-up/email", account);
    const line = answer.headers.getSetCookie().find((cookie) => cookie.startsWith(sessionCookie)) ?? "";
    expect(line).toMatch(/; HttpOnly/);
    expect(line).toMatch(/; SameSite=Lax/);
    expect(await ours({ authorization: `Bearer ${String(answer.json["token"])}` })).toBe(false);
  });
});

const guess = (path: string, headers: Headers = {}) =>
  raw(world.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.7", ...headers },
    body: JSON.stringify({ email: "nobody@example.com", password: randomBytes(6).toString("hex"), name: "x" }),
  });

describe("sign-in", () => {
  test("cannot be made an operator's by asking", async () => {
    const wish = { role: "operator", emailVerified: true, id: "chosen" };
    const account = { email: `${newSecret()}@example.com`, password: "correct horse", name: "Test", ...wish };
    await new Browser(world.url).post("/api/auth/sign-up/email", account);
    const browser = await world.signedIn();
    expect((await browser.post("/api/auth/update-user", { name: "Other" })).status).toBe(200);
    await browser.post("/api/auth/update-user", { name: "Another", ...wish });
    await browser.post("/api/auth/update-user", { role: "operator" });
    await browser.post("/api/auth/update-session", { token: "chosen", userId: "chosen", expiresAt: "2099-01-01" });
    expect(await world.sql(`select from "user" where role <> 'user' or email_verified or id = 'chosen'`)).toEqual([]);
    expect(
      await world.sql("select from session where token = 'chosen' or user_id = 'chosen' or expires_at > '2090-01-01'"),
    ).toEqual([]);
  });

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
    for (const path of ["change-password", "verify-password"]) {
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

  test("is the same whatever host and scheme a request names, and never a 500", async () => {
    const browser = await newcomer(world);
    for (const headers of [{ host: "[" }, { host: "h/api/auth/ok?" }, { "x-forwarded-proto": "javascript" }]) {
      const { status, text } = await raw(`${world.url}/api/auth/get-session`, { browser, headers });
      expect([headers, status, text.includes("@example.com")]).toEqual([headers, 200, true]);
      const called = await raw(`${world.url}/api/trpc/session.get`, { browser, headers });
      expect([headers, called.status < 500]).toEqual([headers, true]);
    }
    for (const target of ["http://[/api/auth/ok", "http://h/api/auth/sign-in/email"]) {
      const head = `POST ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
      expect([target, await rawBytes(world.url, head)]).toEqual([target, expect.stringMatching(/^HTTP\/1.1 404/)]);
    }
    expect(world.logged()).not.toContain('"level":50');
  });

  test("with a wrong password, and for somebody who is not there, is told alike", async () => {
    const { email } = await world.browser().signUp();
    const tryAs = (address: string) =>
      world.browser().post("/api/auth/sign-in/email", { email: address, password: "wrong horse" });
    const [known, unknown] = [await tryAs(email), await tryAs(`${newSecret()}@example.com`)];
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
    expect(known.status).toBe(401);
  });

  test("is closed to newcomers where SIGN_UP says so", async () => {
    const closed = await createWorld({ env: { SIGN_UP: "closed" } });
    const browser = closed.browser();
    const account = { email: `${newSecret()}@example.com`, password: "correct horse", name: "Test" };
    expect((await browser.post("/api/auth/sign-up/email", account)).status).toBe(400);
    expect(await closed.sql(`select from "user"`)).toEqual([]);
    await closed[Symbol.asyncDispose]();
  });

  test("leads nowhere but to us", async () => {
    for (const wish of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      const account = { email: "nobody@example.com", password: "wrong horse", callbackURL: wish };
      const answer = await world.browser().post("/api/auth/sign-in/email", account);
      expect([403, 401, 400]).toContain(answer.status);
      expect(answer.location).toBeUndefined();
      const { location } = await world.browser().get(`/api/auth/error?error=x&callbackURL=${encodeURIComponent(wish)}`);
      expect(location?.origin ?? world.url).toBe(world.url);
    }
  });

  test("of the other kinds that better-auth has, none is open", async () => {
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
