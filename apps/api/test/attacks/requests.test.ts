import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { freePort } from "@patchbay/postgres";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { start } from "../../src/main.ts";
import { createAppRouter, type RouterServices } from "../../src/trpc/router.ts";
import { newDatabase } from "../harness/database.ts";
import { openWorld } from "../harness/open-world.ts";
import { browserCookie, newcomer, newSecret, sessionCookie, startWalk } from "../harness/probe.ts";
import { raw, rawBytes } from "../harness/raw.ts";
import { getSubject, subjects } from "../harness/subjects.ts";
import { connect, list } from "../harness/walk.ts";

const friend = "https://friend.example";
const world = await openWorld({ env: { ALLOWED_ORIGINS: `${friend}, http://localhost:9999` } });

const json = { "content-type": "application/json" };
const calendly = getSubject("calendly");

/** One request of each kind, with a body where it takes one. */
const requests = [
  { what: "REST, reading", method: "GET", path: "/api/v1/channels/", body: undefined },
  { what: "REST, writing", method: "POST", path: "/api/v1/channels/zoom/disconnect", body: '{"accountId":1}' },
  { what: "REST, finishing", method: "POST", path: "/api/v1/channels/zoom/connect", body: '{"authCode":"x"}' },
  { what: "tRPC, reading", method: "GET", path: "/api/trpc/connections.list", body: undefined },
  { what: "tRPC, writing", method: "POST", path: "/api/trpc/connections.disconnect", body: '{"id":1}' },
  {
    what: "sign-in",
    method: "POST",
    path: "/api/auth/sign-in/email",
    body: '{"email":"a@b.example","password":"wrong horse"}',
  },
  { what: "sign-out", method: "POST", path: "/api/auth/sign-out", body: "{}" },
] as const;

type Sent = (typeof requests)[number];

async function send({ method, path, body }: Sent, headers: Record<string, string>) {
  const browser = await newcomer(world);
  return await raw(world.url + path, {
    method,
    browser,
    headers: { ...(body && json), ...headers },
    ...(body && { body }),
  });
}

const preflight = ({ method, path }: Sent, origin: string) =>
  raw(world.url + path, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": method, "access-control-request-headers": "content-type" },
  });

const codeOf = (text: string): unknown => {
  try {
    return (JSON.parse(text) as { code?: unknown }).code;
  } catch {
    return text;
  }
};

describe.each(requests)("61. another site and $what", (request) => {
  test.each([
    [{ origin: "https://evil.example" }],
    [{ origin: "null" }],
    [{ origin: "" }],
    [{ origin: "https://friend.example.evil.example" }],
    [{ origin: "http://friend.example" }],
    [{ origin: "https://friend.example:444" }],
    [{ origin: "https://FRIEND.example" }],
    [{ origin: "https://evil.example", "sec-fetch-site": "same-origin" }],
    [{ "sec-fetch-site": "cross-site" }],
    [{ origin: "null", "sec-fetch-site": "same-origin" }],
  ])("a request from %j is refused, and no other site can read the answer", async (headers) => {
    const answer = await send(request, headers);
    expect([answer.status, codeOf(answer.text)]).toEqual([403, "origin_refused"]);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("a request from our own page, from an allowed site and from no browser is not refused", async () => {
    const own = await send(request, { origin: world.url, "sec-fetch-site": "same-origin" });
    const theirs = await send(request, { origin: friend, "sec-fetch-site": "cross-site" });
    const none = await send(request, {});
    for (const { status, text } of [own, theirs, none])
      expect([codeOf(text), status === 403]).not.toEqual(["origin_refused", true]);
    expect(own.headers["access-control-allow-origin"]).toBeUndefined();
    expect(theirs.headers["access-control-allow-origin"]).toBe(friend);
    expect(theirs.headers["access-control-allow-credentials"]).toBe("true");
    for (const { headers } of [own, theirs, none]) {
      expect(headers["access-control-allow-origin"]).not.toBe("*");
      expect(headers["cache-control"]).toContain("no-store");
    }
  });

  test("a preflight request is allowed to an allowed site alone", async () => {
    const theirs = await preflight(request, friend);
    expect([theirs.status, theirs.headers["access-control-allow-origin"]]).toEqual([204, friend]);
    expect(theirs.headers["access-control-allow-methods"]).toBe("GET, POST");
    for (const origin of ["https://evil.example", "null"]) {
      const { status, headers } = await preflight(request, origin);
      expect([status, headers["access-control-allow-origin"], headers["access-control-allow-methods"]]).toEqual([
        403,
        undefined,
        undefined,
      ]);
    }
  });
});

describe.each(requests.filter(({ body }) => body !== undefined))("85. the body of $what", (request) => {
  test("85. a body of any type but JSON is refused", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "text/plain;application/json",
      "application/jsonx",
      "application/json-patch+json",
      "application/x-json",
      "application/",
      "",
    ]) {
      const answer = await send(request, { "content-type": type });
      expect([type, answer.status, codeOf(answer.text)]).toEqual([type, 422, "invalid_request"]);
    }
    const { method, path, body } = request;
    const browser = await newcomer(world);
    const cookie = `${sessionCookie(world)}=${browser.cookies.get(sessionCookie(world))}`;
    const missing = await raw(world.url + path, { method, headers: { cookie }, body: body ?? "" });
    expect([missing.status, codeOf(missing.text)]).toEqual([422, "invalid_request"]);
    expect((await send(request, { "content-type": "application/json; charset=utf-8" })).status).not.toBe(422);
  });

  test("85. a body of 10 MB is refused, whether it says so beforehand or not", async () => {
    const { method, path } = request;
    const browser = await newcomer(world);
    const huge = JSON.stringify({ authCode: "x".repeat(10_000_000) });
    for (const headers of [
      { ...json, "content-length": String(huge.length) },
      { ...json, "transfer-encoding": "chunked" },
    ]) {
      const status = await raw(world.url + path, { method, browser, headers, body: huge }).then(
        (answer) => answer.status,
        // The server hung up before all of it was sent.
        () => 413,
      );
      expect([413, 422]).toContain(status);
    }
    expect((await raw(`${world.url}/healthz`)).status).toBe(200);
  });

  test("85. a body that is no JSON, or nested without end, is no bug of ours", async () => {
    const { method, path } = request;
    const browser = await newcomer(world);
    const bodies = [
      "{",
      "null",
      "[]",
      '"x"',
      "7",
      "\u0000",
      "[".repeat(30_000),
      `${"[".repeat(15_000)}${"]".repeat(15_000)}`,
      `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
      Buffer.from([0xff, 0xfe, 0x00]),
      gzipSync("{}"),
    ];
    for (const body of bodies) {
      const { status, text } = await raw(world.url + path, { method, browser, headers: json, body });
      expect([String(body).slice(0, 20), status < 500, text.includes("node_modules")]).toEqual([
        String(body).slice(0, 20),
        true,
        false,
      ]);
    }
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});

test("85. a small body that unpacks to a large one is refused", async () => {
  const browser = await newcomer(world);
  const packed = gzipSync(JSON.stringify({ authCode: "x".repeat(20_000_000) }));
  for (const path of ["/api/v1/channels/zoom/connect", "/api/trpc/connect.finish", "/api/auth/sign-in/email"]) {
    const headers = { ...json, "content-encoding": "gzip" };
    const { status } = await raw(world.url + path, { method: "POST", browser, headers, body: packed });
    expect([path, status >= 400 && status < 500]).toEqual([path, true]);
  }
});

describe("a batch of tRPC", () => {
  const procedures = Object.keys(createAppRouter({} as RouterServices)._def.procedures);

  test("84. a batch of a thousand calls is refused, however its commas are written", async () => {
    const browser = await newcomer(world);
    for (const comma of [",", "%2C", "%2c"]) {
      const path = `/api/trpc/${Array.from({ length: 1_000 }, () => "session.get").join(comma)}?batch=1`;
      const { status, text } = await raw(world.url + path, { browser });
      expect([comma, status >= 400 && status < 500, text.length < 2_000]).toEqual([comma, true, true]);
    }
    const twentyOne = Array.from({ length: 21 }, () => "session.get").join("%2C");
    expect((await raw(`${world.url}/api/trpc/${twentyOne}?batch=1`, { browser })).status).toBeGreaterThanOrEqual(400);
  });

  test("84. a batch of a few calls is answered, each call as its caller's", async () => {
    const browser = await newcomer(world);
    const row = await connect(browser, calendly);
    const other = await newcomer(world);
    const body = { 0: { id: row.id }, 1: { id: row.id } };
    const { text } = await raw(`${world.url}/api/trpc/connections.disconnect,connections.disconnect?batch=1`, {
      method: "POST",
      browser: other,
      headers: json,
      body: JSON.stringify(body),
    });
    const codes = (JSON.parse(text) as { error: { data: { failure: string } } }[]).map(
      ({ error }) => error.data.failure,
    );
    expect(codes).toEqual(["connection_unknown", "connection_unknown"]);
    expect(await list(browser)).toHaveLength(1);
  });

  test.each([
    "__proto__",
    "constructor",
    "toString",
    "connections",
    "connections.__proto__",
    "connections.list.constructor",
    "_def",
    "%00",
    "%",
  ])("84. a batch with a procedure called %s finds nothing", async (name) => {
    const browser = await newcomer(world);
    for (const method of ["GET", "POST"]) {
      const { status, text } = await raw(`${world.url}/api/trpc/${name}`, {
        method,
        browser,
        headers: method === "POST" ? json : {},
      });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(text).not.toMatch(/node_modules|at .*\.ts:\d+/);
    }
  });

  test("84. a batch with __proto__ among its values begins nothing, and changes no prototype", async () => {
    const browser = await newcomer(world);
    const body = '{"provider":"shopify","values":{"__proto__":{"shop":"acme-goods"},"constructor":"x"}}';
    const { status } = await raw(`${world.url}/api/trpc/connect.begin`, {
      method: "POST",
      browser,
      headers: json,
      body,
    });
    expect([400, 422]).toContain(status);
    expect(({} as { shop?: string }).shop).toBeUndefined();
  });

  test("84. a batch that writes is not taken by GET", async () => {
    const browser = await newcomer(world);
    const input = encodeURIComponent('{"provider":"zoom"}');
    expect((await raw(`${world.url}/api/trpc/connect.begin?input=${input}`, { browser })).status).toBe(405);
    expect(
      await world.sql("select from attempt a join session s on s.id = a.session_id where s.token = $1", [
        decodeURIComponent(browser.cookies.get(sessionCookie(world)) ?? "").split(".")[0],
      ]),
    ).toEqual([]);
  });

  test("83. no procedure answers without a session, but those that are for everybody", async () => {
    const inputs: Record<string, unknown> = {
      "connect.begin": { provider: "zoom" },
      "connect.finish": { provider: "zoom", ticket: "x" },
      "connect.resume": { attempt: "x".repeat(43) },
      "connections.disconnect": { id: 1 },
      "session.erase": { password: "correct horse" },
    };
    // A stream has begun with 200 before it can refuse.
    const streams: Record<string, unknown> = {
      "connect.watch": { attempt: "x".repeat(43) },
      "connections.watch": undefined,
    };
    const open: string[] = [];
    for (const name of procedures) {
      const input = inputs[name];
      const query = streams[name] ? `?input=${encodeURIComponent(JSON.stringify(streams[name]))}` : "";
      const { status, text } = await raw(`${world.url}/api/trpc/${name}${query}`, {
        method: input === undefined ? "GET" : "POST",
        headers: input === undefined ? {} : json,
        ...(input !== undefined && { body: JSON.stringify(input) }),
      });
      if (status !== (name in streams ? 200 : 401) || !text.includes('"failure":"unauthenticated"')) open.push(name);
    }
    expect(open.toSorted()).toEqual(["providers.list", "session.get"]);
  });
});

describe("a request without a session", () => {
  test.each(
    subjects.flatMap(({ id, opening, idField }) => [
      { method: "GET", path: `/api/v1/channels/${id}/auth${opening}`, body: undefined },
      {
        method: "POST",
        path: `/api/v1/channels/${id}/connect`,
        body: { authCode: "x", code: "x", state: "x", shop: "x" },
      },
      { method: "POST", path: `/api/v1/channels/${id}/disconnect`, body: { [idField]: 1 } },
    ]),
  )("83. without a session $method $path is 401", async ({ method, path, body }) => {
    const answer = await world.browser().send(path, { method, ...(body && { body }) });
    expect([answer.status, answer.json]).toEqual([401, { message: "Please sign in first.", code: "unauthenticated" }]);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("83. without a session the list is 401", async () => {
    expect((await world.browser().get("/api/v1/channels/")).status).toBe(401);
  });
});

test("83. a user's list holds that user's accounts alone", async () => {
  const [one, two] = [await newcomer(world), await newcomer(world)];
  const mine = await connect(one, calendly);
  expect(await list(two)).toEqual([]);
  expect((await two.get("/api/trpc/connections.list")).text).not.toContain(mine.label);
  const theirs = await connect(two, calendly, calendly.other);
  expect((await list(one)).map(({ id }) => id)).toEqual([mine.id]);
  expect((await list(two)).map(({ id }) => id)).toEqual([theirs.id]);
});

test("86. headers that nobody sends are answered, and never by a 500", async () => {
  const token = "x".repeat(20);
  const lines = [
    "Authorization: Bearer \x00",
    "Authorization: Bearer \x01\x02",
    `Authorization: Bearer ${"\xff".repeat(50)}`,
    `Authorization: ${"Bearer ".repeat(500)}`,
    `Cookie: ${sessionCookie(world)}=\x00`,
    `Cookie: ${sessionCookie(world)}=\xff\xfe.\x80`,
    `Cookie: ${sessionCookie(world)}=%E0%A4%A; ${browserCookie(world)}=%`,
    `Cookie: ${"=;".repeat(1_000)}`,
    `Cookie: ${sessionCookie(world)}=${token}\r\nCookie: ${sessionCookie(world)}=${token}`,
    `Cookie: __proto__=x; constructor=y; ${sessionCookie(world)}=__proto__.constructor`,
    `Cookie: ${sessionCookie(world)}=${"a".repeat(12_000)}`,
    "Origin: \x00",
    "Sec-Fetch-Site: \xff",
    "X-Forwarded-For: not an address, ' or 1=1 --",
    "X-Forwarded-Proto: javascript",
    "X-Forwarded-Host: evil.example",
    "Content-Length: 5",
    "Content-Type: \xff",
    "If-None-Match: *",
    "Range: bytes=0-99999999999",
    "Upgrade: websocket\r\nConnection: Upgrade",
    "Expect: 100-continue",
    "X-HTTP-Method-Override: DELETE",
  ];
  for (const path of [
    "/api/v1/channels/",
    "/api/trpc/session.get",
    "/api/trpc/connections.list",
    "/api/v1/channels/zoom/callback?state=x",
  ]) {
    for (const line of lines) {
      const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${line}\r\nConnection: close\r\n\r\n${line.startsWith("Content-Length") ? "12345" : ""}`;
      const answer = await rawBytes(world.url, Buffer.from(request, "latin1"));
      expect([path, line.slice(0, 60), answer.slice(0, 10)]).toEqual([
        path,
        line.slice(0, 60),
        expect.stringMatching(/^HTTP\/1.1 [1234]/),
      ]);
      expect(answer).not.toContain("evil.example");
    }
  }
  expect(
    world
      .logged()
      .split("\n")
      .filter((line) => line.includes('"level":50')),
  ).toEqual([]);
});

test("86. addresses that nobody asks for are answered, and never by a 500", async () => {
  const targets = [
    "/api/v1/channels/%/auth",
    "/api/v1/channels/%ff/auth",
    "/api/v1/channels/%00/callback",
    "/api/v1/channels/zoom/callback?%",
    "/api/v1/channels/zoom/callback?state=%ff&%00=%00",
    "/api/v1/channels/zoom/callback?state[a]=1&state[]=2&__proto__[x]=1",
    `/api/v1/channels/zoom/callback?${"a&".repeat(5_000)}`,
    "/api/v1/channels/../../../etc/passwd",
    "/assets/..%2f..%2fpackage.json",
    "/assets/%2e%2e/%2e%2e/package.json",
    "//evil.example/",
    "/\\evil.example",
    "/%0d%0aSet-Cookie:%20a=b",
    "http://evil.example/api/v1/channels/",
    "*",
  ];
  for (const target of targets) {
    const host = new URL(world.url).host;
    const answer = await rawBytes(world.url, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect([target, answer.slice(0, 12)]).toEqual([target, expect.stringMatching(/^HTTP\/1.1 ([234]\d\d|503)/)]);
    expect(answer).not.toMatch(/set-cookie: a=b|"private": true|root:x/i);
  }
  expect(
    world
      .logged()
      .split("\n")
      .filter((line) => line.includes('"level":50')),
  ).toEqual([]);
});

describe("a zero byte, which PostgreSQL takes in no text,", () => {
  const [zero, attempt] = ["\u0000", "x".repeat(43)];
  const account = { email: "zero@example.com", password: "correct horse", name: "x" };

  test.each([
    ["/api/trpc/connect.begin", { provider: zero }],
    ["/api/trpc/connect.begin", { provider: "shopify", values: { shop: "acme-goods", [zero]: "x" } }],
    ["/api/trpc/connect.finish", { provider: zero, ticket: "x" }],
    ["/api/trpc/connect.resume", { attempt, values: { [zero]: "x" } }],
    ["/api/auth/sign-up/email", { ...account, name: zero }],
    ["/api/auth/sign-in/email", { ...account, password: zero }],
    ["/api/auth/sign-up/email", { ...account, email: `${zero}@example.com` }],
    ["/api/auth/change-password", { currentPassword: "wrong horse", newPassword: `correct horse ${zero}` }],
  ])("86. a zero byte is refused in what is posted to %s: %j", async (path, body) => {
    const answer = await (await used()).post(path, body);
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining("invalid_request")]);
  });

  test.each([
    ["/api/trpc/connect.begin", { provider: "shopify", values: { shop: zero } }],
    ["/api/trpc/connect.finish", { provider: "shopify", ticket: zero, state: zero, echo: { shop: zero } }],
    ["/api/trpc/connect.finish", { ticket: zero, state: zero }],
    ["/api/trpc/connect.resume", { attempt, values: { code: zero } }],
    ["/api/v1/channels/%00/connect", { authCode: "x", state: "x" }],
    ["/api/v1/channels/%00/disconnect", { accountId: 1 }],
    ["/api/v1/channels/zoom/connect", { authCode: zero, state: zero }],
    ["/api/v1/channels/shopify/connect", { shop: zero, code: zero, state: zero }],
    ["/api/v1/channels/%00/auth", undefined],
    ["/api/v1/channels/shopify/auth?shop=%00&%00=x", undefined],
    ["/api/v1/channels/%00/callback?state=x&code=x", undefined],
    ["/api/v1/channels/zoom/callback?state=%00&code=%00", undefined],
    ["/api/v1/channels/telegram/connect/qr/check?sessionId=%00", undefined],
    ["/api/auth/%00", undefined],
  ])("86. a zero byte in %s is no bug of ours: %j", async (path, body) => {
    const browser = await used();
    const { status } = await (body === undefined ? browser.get(path) : browser.post(path, body));
    expect(status).toBeLessThan(500);
  });

  test("86. the escape of a zero byte in a text is no zero byte", async () => {
    const escaped = { ...account, name: "\\u0000" };
    expect((await (await used()).post("/api/auth/sign-up/email", escaped)).status).toBe(200);
  });

  /** A browser that has begun something before. */
  async function used() {
    const browser = await newcomer(world);
    browser.cookies.set(browserCookie(world), newSecret());
    return browser;
  }
});

/** Patchbay with a built page: its document, and a script in both forms. */
async function startPage() {
  const directory = await mkdtemp(join(tmpdir(), "patchbay-page-"));
  const document = '<!doctype html><style nonce="PATCHBAY_CSP_NONCE"></style><title>PATCHBAY_APP_NAME</title>';
  await writeFile(join(directory, "index.html"), document);
  await writeFile(join(directory, "favicon.svg"), "<svg/>");
  await mkdir(join(directory, "assets"));
  for (const name of ["app.js", "app.js.br"]) await writeFile(join(directory, "assets", name), name);
  const port = await freePort();
  const publicUrl = new URL(`http://localhost:${port}`);
  const databaseUrl = await newDatabase();
  const appName = `<Ac"me> & $& Co`;
  const config = { ...world.config, appName, port, databaseUrl, pageDirectory: directory, publicUrl };
  const running = await start(config, pino({ level: "silent" }));
  return { at: publicUrl.origin, [Symbol.asyncDispose]: () => running.stop() };
}

describe("the page", () => {
  test("76, 39. the page loads, asks nothing of other sites, runs no script but its own, and stands in no frame", async () => {
    await using page = await startPage();
    const { at } = page;
    const pages = await Promise.all(
      ["/connect", "/integrations", "/sign-in", "/integrations?code=x"].map((path) => raw(at + path)),
    );
    const nonces = pages.map(({ headers, text }) => {
      const policy = String(headers["content-security-policy"])
        .split("; ")
        .map((part) => part.split(" "));
      const directives = Object.fromEntries(policy.map(([name = "", ...values]) => [name, values]));
      expect(directives).toMatchObject({
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
      });
      expect(Object.values(directives).flat().join(" ")).not.toMatch(/unsafe|https?:|\*/);
      expect(headers).toMatchObject({
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
      });
      const [, nonce = "?"] = /nonce="([^"]+)"/.exec(text) ?? [];
      expect(directives["style-src"]).toContain(`'nonce-${nonce}'`);
      return nonce;
    });
    expect(new Set(nonces).size).toBe(4);
    // Under another name than its own it names that, and runs nothing.
    for (const path of ["/integrations?code=x", "//evil.example/", "/\\evil.example"]) {
      const { status, headers, text } = await raw(at + path, { headers: { host: "evil.example" } });
      expect([status, headers["content-security-policy"]]).toEqual([
        421,
        expect.stringContaining("default-src 'none'"),
      ]);
      expect(text).toContain(`href="${at}/"`);
    }
  });

  test("the page's document says the name of the product, as text", async () => {
    await using page = await startPage();
    for (const path of ["/connect", "/integrations", "/sign-in"])
      expect((await raw(page.at + path)).text).toContain("<title>&lt;Ac&quot;me&gt; &amp; $&amp; Co</title>");
  });

  test("76, 39. the page's document has no name of its own, by which it would come without a nonce", async () => {
    await using page = await startPage();
    const ways = ["/index.html", "/%69ndex.html", "//index.html", "/./index.html", "/assets/../index.html"];
    for (const path of ways) {
      const { status, headers, text } = await raw(page.at + path, { headers: { accept: "text/html" } });
      expect([path, status]).toEqual([path, 404]);
      expect([path, text]).toEqual([path, expect.not.stringContaining("PATCHBAY_CSP_NONCE")]);
      expect([path, headers["content-security-policy"]]).toEqual([path, expect.stringContaining("'nonce-")]);
    }
    expect(await raw(`${page.at}/favicon.svg`)).toMatchObject({ status: 200, text: "<svg/>" });
  });

  test("76, 39. a failure says nothing of the page's files, and is not cached in place of them", async () => {
    await using page = await startPage();
    const path = "/assets/app.js";
    const accepted = { "accept-encoding": "br" };
    expect((await raw(page.at + path, { headers: accepted })).headers).toMatchObject({
      "cache-control": "public, max-age=31536000, immutable",
      "content-encoding": "br",
    });
    const failures = [
      { status: 416, headers: { range: "bytes=99999-" } },
      { status: 412, headers: { "if-match": '"z"' } },
      { status: 412, headers: { "if-unmodified-since": "Thu, 01 Jan 1970 00:00:00 GMT" } },
    ];
    for (const { status, headers: asked } of failures) {
      for (const file of [path, "/favicon.svg"]) {
        const { headers, ...answer } = await raw(page.at + file, { headers: { ...accepted, ...asked } });
        expect([asked, answer.status]).toEqual([asked, status]);
        expect(headers["cache-control"]).toBe("no-store");
        for (const name of ["content-encoding", "content-type", "content-range", "etag", "last-modified"]) {
          expect([asked, file, name, headers[name]]).toEqual([asked, file, name, undefined]);
        }
      }
    }
  });

  test("76, 39. all other answers have the page's headers too", async () => {
    const { browser, back } = await startWalk(world, calendly);
    for (const path of [
      "/api/v1/channels/",
      "/api/trpc/session.get",
      "/api/auth/get-session",
      "/api/nothing",
      back.pathname + back.search,
    ]) {
      const { headers } = await raw(world.url + path, { browser });
      expect([path, headers["content-security-policy"]]).toEqual([path, "default-src 'none';frame-ancestors 'none'"]);
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
      });
      expect(headers["x-powered-by"]).toBeUndefined();
    }
  });
});
