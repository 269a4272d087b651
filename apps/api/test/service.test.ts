import { Client } from "pg";
import { describe, expect, test, vi } from "vitest";
import { createBackEnd, entryOf, entryWithRights, newKey } from "./harness/back-end.ts";
import { openWorld } from "./harness/open-world.ts";
import { eventually, newcomer } from "./harness/probe.ts";
import { subjects } from "./harness/subjects.ts";
import { connect, list, type Row } from "./harness/walk.ts";
import { createWorld } from "./harness/world.ts";

const keys = {
  crm: newKey(),
  zoomer: newKey(),
  chats: newKey(),
  auditor: newKey(),
  reader: newKey(),
  issuer: newKey(),
  short: "a key of thirty-one characters.",
};
const lena = "+12025550101";

/** The statements that are sent. It stands before the world opens its connections, for each keeps the `query` that it finds. */
const sent = vi.spyOn(Client.prototype, "query");

const world = await openWorld({
  telegram: true,
  env: {
    SERVICE_KEYS: [
      entryOf("crm", keys.crm),
      entryOf("zoomer", keys.zoomer, "zoom", "stripe"),
      entryOf("chats", keys.chats, "telegram"),
      entryOf("auditor", keys.auditor, "paypal", "shopify"),
      entryOf("short", keys.short),
      entryWithRights("reader", keys.reader, { rights: ["read"] }),
      entryWithRights("issuer", keys.issuer, { rights: ["token"], providers: ["zoom"] }),
    ].join(", "),
  },
});
const browser = await newcomer(world);
const rows: Row[] = [];
for (const subject of subjects) rows.push(await connect(browser, subject));
const paths = "/api/v1/channels/telegram/connect";
const { sessionId } = (await browser.post(`${paths}/phone`, { phoneNumber: lena })).json;
const [code] = await world.control.listCodes(lena);
const telegramId = Number((await browser.post(`${paths}/verify-code`, { sessionId, code })).json["accountId"]);
const [user] = await world.sql<{ id: string; email: string }>(
  `select u.id, u.email from "user" u join connection c on c.user_id = u.id where c.id = $1`,
  [telegramId],
);
const { id: userId, email } = user ?? { id: "", email: "" };

const by = (key?: string) => createBackEnd(world.url, key);
const idOf = (provider: string): number => rows.find((row) => row.provider === provider)?.id ?? expect.fail(provider);
const rowsIn = ({ text }: { text: string }) => (JSON.parse(text) as { connections: { id: number }[] }).connections;
const idsIn = (answer: { text: string }) => rowsIn(answer).map(({ id }) => id);

/** What is stored sealed for a connection. */
async function stored(connection: number) {
  const [row] = await world.sql<{ id: string; provider: string; secret: Buffer }>(
    "select k.id, k.provider, k.secret from credential k join connection c on c.credential_id = k.id where c.id = $1",
    [connection],
  );
  if (row === undefined) throw new Error("no credential");
  return world.seals.openCredentials(row.secret, row);
}

describe("the list", () => {
  test("the list has the same connections that the user's page gets", async () => {
    const page = JSON.parse((await browser.get("/api/trpc/connections.list")).text) as {
      result: { data: { provider: string }[] };
    };
    const answer = await by(keys.crm).list(userId);
    expect(answer.status).toBe(200);
    const timeless = (list: object[]) => list.map((connection) => ({ ...connection, lastUsedAt: null }));
    const back = { user: { id: userId, name: expect.any(String) as string, email }, tenant: null, tags: {} };
    expect(timeless(rowsIn(answer))).toEqual(
      timeless(page.result.data.filter(({ provider }) => provider !== "telegram")).map((row) => ({ ...row, ...back })),
    );
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  test("the list is not found by e-mail address, which anybody may have typed, even where sign-up is closed", async () => {
    const closed = await world.another({ signUp: "closed" });
    for (const { url } of [world, closed]) {
      for (const user of [email, email.toUpperCase(), "nobody@example.com", "@"]) {
        const answer = await createBackEnd(url, keys.crm).list(user);
        expect([answer.status, rowsIn(answer)]).toEqual([200, []]);
      }
    }
    await closed.stop();
  });

  test("the list has only the providers of the key; without a list all but those that lend", async () => {
    expect(idsIn(await by(keys.zoomer).list(userId))).toEqual(
      rows.filter(({ provider }) => ["zoom", "stripe"].includes(provider)).map(({ id }) => id),
    );
    expect(idsIn(await by(keys.chats).list(userId))).toEqual([telegramId]);
    expect(idsIn(await by(keys.crm).list(userId))).not.toContain(telegramId);
  });

  test("the list of another user, or of nobody, has nothing of this one", async () => {
    await newcomer(world);
    const [other] = await world.sql<{ id: string }>(`select id from "user" where id <> $1`, [userId]);
    for (const user of [other?.id ?? "", "nobody", "%", "' or true --"]) {
      const answer = await by(keys.crm).list(user);
      expect([answer.status, answer.json]).toEqual([200, { connections: [], nextCursor: null }]);
    }
  });

  test.each(["?user=", "?user=a&user=b", "?user=%00", `?user=${"a".repeat(256)}`])(
    "the list of %j is refused, and the field is named",
    async (query) => {
      const answer = await by(keys.crm).send(query);
      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({ code: "invalid_request", field: "user" });
    },
  );
});

describe("a token", () => {
  test.each(["calendly", "paypal", "shopify", "zoom"])(
    "a token of %s is the one that is stored, with whose it is",
    async (id) => {
      const answer = await by(keys.crm).token(idOf(id));
      const { accessToken } = await stored(idOf(id));
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({ type: "bearer", accessToken, connection: idOf(id), provider: id });
      const { label, scopes } = rows.find((row) => row.provider === id) ?? expect.fail(id);
      expect(answer.json).toMatchObject({ scopes, account: { label } });
      expect(Date.parse(String(answer.json["expiresAt"]))).toBeGreaterThan(Date.now());
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    },
  );

  test("a token of Stripe is the account's id, which the platform's own key opens", async () => {
    const answer = await by(keys.zoomer).token(idOf("stripe"));
    expect(answer.json).toMatchObject({ type: "stripe_account", livemode: false });
    expect(answer.json["stripeAccountId"]).toMatch(/^acct_/);
    expect(answer.text).not.toContain(world.config.providers.clients["stripe"]?.secret);
  });

  test.each<[id: string, path: string, init: { method?: string; body?: string; headers?: object }]>([
    ["calendly", "/users/me", {}],
    ["paypal", "/v1/identity/oauth2/userinfo?schema=paypalv1.1", {}],
    ["shopify", "/graphql.json", { method: "POST", body: '{"query":"{ shop { id } }"}' }],
    ["zoom", "/users/me", {}],
    // Stripe's platform adds its own key, and names the account in the path of this call.
    [
      "stripe",
      "/v1/accounts/:account",
      { headers: { authorization: `Bearer ${world.config.providers.clients["stripe"]?.secret}` } },
    ],
  ])("a token of %s comes with the address and the headers of its API, ready to use", async (id, path, init) => {
    const { json } = await by(keys.crm).token(idOf(id));
    const { baseUrl, headers } = json["api"] as { baseUrl: string; headers: Record<string, string> };
    const { id: accountId } = json["account"] as { id: string };
    const answer = await fetch(`${baseUrl}${path.replace(":account", accountId)}`, {
      ...init,
      headers: { ...init.headers, ...headers, "content-type": "application/json" },
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(accountId);
  });

  test("a token of a provider that the key does not name is that of no connection", async () => {
    for (const id of [idOf("calendly"), telegramId, 999_999_999]) {
      const answer = await by(keys.zoomer).token(id);
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({ code: "connection_unknown" });
    }
  });

  test.each([
    "0",
    "-1",
    "1.5",
    "1e3",
    "0x10",
    " 1",
    "9007199254740992",
    "99999999999999999999",
    "x",
    "1;--",
    "__proto__",
  ])("a token of the connection %j is refused: that is no id", async (id) => {
    const answer = await by(keys.crm).token(id);
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ code: "invalid_request", field: "id" });
  });

  test.each(["needs_reconnect", "revoked"])("a token that is %s is told as such, with the reason", async (status) => {
    const id = idOf("zoom");
    const credential = "id = (select credential_id from connection where id = $1)";
    await world.sql(`update credential set status = '${status}', reason = 'grant_ended' where ${credential}`, [id]);
    const answer = await by(keys.crm).token(id);
    await world.sql(`update credential set status = 'active', reason = null where ${credential}`, [id]);
    expect(answer.status).toBe(409);
    expect(answer.json).toEqual({
      code: "needs_reconnect",
      reason: "grant_ended",
      message: expect.any(String) as string,
    });
  });

  test.each<[string, Record<string, string>, string]>([
    ["text", { "content-type": "text/plain" }, "{}"],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }, "lease=x"],
    ["half an object", { "content-type": "application/json" }, "{"],
    ["a list", { "content-type": "application/json" }, "[]"],
    ["too much", { "content-type": "application/json" }, JSON.stringify({ more: "x".repeat(5_000) })],
    ["a lease that is none", { "content-type": "application/json" }, JSON.stringify({ lease: "'; --" })],
  ])("a token is not given for a body of %s", async (_what, headers, body) => {
    const answer = await by(keys.crm).send(`${idOf("zoom")}/token`, { method: "POST", headers, body });
    expect(answer.status).toBe(422);
    expect(answer.json["code"]).toBe("invalid_request");
  });
});

describe("a Telegram session", () => {
  test("a Telegram session leaves only for a key that names telegram, for one holder at a time, and for longer with the lease", async () => {
    expect((await by(keys.crm).token(telegramId)).status).toBe(404);
    const lent = await by(keys.chats).token(telegramId);
    expect(lent.json).toMatchObject({
      type: "telegram_session",
      session: (await stored(telegramId)).metadata["session"],
    });
    const { id: lease } = lent.json["lease"] as { id: string; until: string };
    const refused = await by(keys.chats).token(telegramId);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.text).not.toContain('session":');
    expect((await by(keys.chats).token(telegramId, { lease })).json).toMatchObject({ type: "telegram_session" });
    expect((await by(keys.chats).token(telegramId, { lease })).status).toBe(429);
  });
});

describe("who may call", () => {
  test.each<[string, () => string | undefined]>([
    ["no key", () => undefined],
    ["a wrong key", () => newKey()],
    ["a key and more", () => `${keys.crm}x`],
    ["a key that is too short", () => keys.short],
    ["the SHA-256 of a key", () => world.config.serviceKeys[0]?.sha256.toString("hex")],
  ])("no program may call with %s", async (_who, key) => {
    for (const answer of [await by(key()).list(userId), await by(key()).token(idOf("zoom"))]) {
      expect(answer.status).toBe(401);
      expect(answer.json["code"]).toBe("unauthenticated");
      expect(answer.headers["www-authenticate"]).toBe("Bearer");
    }
  });

  test("a signed-in user may not call; and a service key signs nobody in", async () => {
    expect((await browser.get(`/api/v1/connections?user=${userId}`)).status).toBe(401);
    expect((await browser.send(`/api/v1/connections/${idOf("zoom")}/token`, { method: "POST" })).status).toBe(401);
    const elsewhere = await world.browser().get("/api/v1/channels/", { authorization: `Bearer ${keys.crm}` });
    expect(elsewhere.status).toBe(401);
  });

  test.each<[string, Record<string, string>]>([
    ["another site", { origin: "https://evil.example" }],
    ["nowhere", { origin: "null" }],
    ["our own page", { origin: "self" }],
    ["a cross-site fetch", { "sec-fetch-site": "cross-site" }],
    ["a same-origin fetch", { "sec-fetch-site": "same-origin" }],
  ])("a browser may not call, whatever key it has: %s", async (_where, given) => {
    const headers = given["origin"] === "self" ? { origin: world.url } : given;
    for (const method of ["GET", "POST", "OPTIONS"]) {
      const path = method === "GET" ? `?user=${userId}` : `${idOf("zoom")}/token`;
      const answer = await by(keys.crm).send(path, { method, headers });
      expect(answer.status).toBe(403);
      expect(answer.json["code"]).toBe("origin_refused");
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  test("a program may call that says of itself that no page sent it", async () => {
    const answer = await by(keys.crm).send(`?user=${userId}`, { headers: { "sec-fetch-site": "none" } });
    expect(answer.status).toBe(200);
  });

  test("HEAD and other methods hand nothing out", async () => {
    const head = await by(keys.crm).send(`?user=${userId}`, { method: "HEAD" });
    expect([head.status, head.text]).toEqual([200, ""]);
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
      const answer = await by(keys.crm).send(`${idOf("zoom")}/token`, { method });
      expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
    }
    const headOfToken = await by(keys.crm).send(`${idOf("zoom")}/token`, { method: "HEAD" });
    expect([headOfToken.status, headOfToken.text]).toEqual([405, ""]);
    const post = await by(keys.crm).send(`?user=${userId}`, { method: "POST" });
    expect([post.status, post.headers.allow]).toEqual([405, "GET, HEAD"]);
  });

  test("an address has sixty wrong tries a minute; others, and right keys from there, go on", async () => {
    const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
    const attempts = Array.from({ length: 61 }, () => by(newKey()).send(`?user=${userId}`, from("203.0.113.7")));
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(60);
    const refused = await by(newKey()).send(`?user=${userId}`, from("203.0.113.7"));
    expect([refused.status, refused.json["code"]]).toEqual([429, "too_many_requests"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect((await by(newKey()).send(`?user=${userId}`, from("203.0.113.8"))).status).toBe(401);
    expect((await by(keys.crm).send(`?user=${userId}`, from("203.0.113.7"))).status).toBe(200);
  });

  test("each key may call as often as is configured, whatever others do", async () => {
    const [one, other] = [newKey(), newKey()];
    const SERVICE_KEYS = `${entryOf("one", one)},${entryOf("other", other)}`;
    const small = await createWorld({ env: { SERVICE_KEYS, SERVICE_CALLS_PER_MINUTE: "3" } });
    const [first, second] = [createBackEnd(small.url, one), createBackEnd(small.url, other)];
    const statuses = [];
    for (let turn = 0; turn < 3; turn += 1) statuses.push((await first.list("nobody")).status);
    const refused = await first.token(1);
    expect([...statuses, refused.status, (await second.list("nobody")).status]).toEqual([200, 200, 200, 429, 200]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    await small[Symbol.asyncDispose]();
  });
});

describe("the rights of a key", () => {
  test("a key without rights reads and gets tokens; one with rights does what they name alone", async () => {
    const listed = await by(keys.issuer).list(userId);
    expect([listed.status, listed.json]).toMatchObject([403, { code: "right_missing", reason: "read" }]);
    expect((await by(keys.issuer).token(idOf("zoom"))).status).toBe(200);
    const refused = await by(keys.reader).token(idOf("zoom"));
    expect([refused.status, refused.json]).toMatchObject([403, { code: "right_missing", reason: "token" }]);
    expect((await by(keys.reader).list(userId)).status).toBe(200);
  });
});

describe("a reading", () => {
  test("a read of a credential costs one statement, which writes nothing", async () => {
    sent.mockClear();
    for (let turn = 0; turn < 5; turn += 1) expect((await by(keys.crm).token(idOf("zoom"))).status).toBe(200);
    const statements = sent.mock.calls.map(([asked]: unknown[]) =>
      typeof asked === "string" ? asked : String((asked as { text: unknown }).text),
    );
    const during = statements.filter((text) => !/worker|audit_event/.test(text));
    expect(during).toHaveLength(5);
    for (const text of during) expect(text).toMatch(/^\s*select(?!.* for (no key )?update)/s);
  });

  const readBy = (name: string) =>
    world.sql<{ connection: number; provider: string }>(
      `select connection_id::int as connection, provider from audit_event
       where action = 'credential_read' and actor = $1 order by id`,
      [`service:${name}`],
    );

  test("a read of a credential is in the audit a moment later, by the key's name, and on the connection", async () => {
    const [paypal, shopify] = [idOf("paypal"), idOf("shopify")];
    for (const id of [paypal, shopify, paypal, idOf("zoom")]) await by(keys.auditor).token(id);
    const expected = [
      { connection: paypal, provider: "paypal" },
      { connection: shopify, provider: "shopify" },
      { connection: paypal, provider: "paypal" },
    ];
    await eventually(async () => {
      expect(await readBy("auditor")).toEqual(expected);
    });
    const used = (await list(browser)).filter(({ id }) => [paypal, shopify].includes(id));
    for (const { lastUsedAt } of used as (Row & { lastUsedAt: string })[]) {
      expect(Date.now() - Date.parse(lastUsedAt)).toBeLessThan(60_000);
    }
  });

  test("a read of a credential is written when the process stops, and not lost", async () => {
    const another = await world.another();
    const before = (await readBy("auditor")).length;
    expect((await createBackEnd(another.url, keys.auditor).token(idOf("paypal"))).status).toBe(200);
    await another.stop();
    expect(await readBy("auditor")).toHaveLength(before + 1);
  });
});

test("82. neither a key nor what was handed out is in the log", async () => {
  const secrets = [...Object.values(keys), ...world.config.serviceKeys.map(({ sha256 }) => sha256.toString("hex"))];
  for (const provider of ["calendly", "paypal", "shopify", "zoom"]) {
    const { accessToken = expect.fail(provider), refreshToken = accessToken } = await stored(idOf(provider));
    secrets.push(accessToken, refreshToken);
  }
  secrets.push((await stored(telegramId)).metadata["session"]?.slice(8, 40) ?? expect.fail("no session"), email);
  const log = world.logged();
  expect(log).toContain("/api/v1/connections/");
  for (const secret of secrets) expect(log).not.toContain(secret);
});
