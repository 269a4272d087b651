import { describe, expect, test } from "vitest";
import { entryWithRights, newKey, type Said } from "../harness/back-end.ts";
import { openWorld } from "../harness/open-world.ts";
import { newSecret } from "../harness/probe.ts";
import { getSubject } from "../harness/subjects.ts";
import { beginInVisit, createProduct, openLink, productUrl, type Session } from "../harness/visit.ts";
import { Browser } from "../harness/browser.ts";
import { decide } from "../harness/walk.ts";

const rights = ["read", "token", "connect", "manage"];
const keys = { shop: newKey(), second: newKey(), other: newKey() };
// Background work would read the same tables as what is measured here.
const world = await openWorld({
  env: {
    WORKERS: "0",
    SERVICE_KEYS: [
      entryWithRights("shop.backend", keys.shop, { rights }),
      entryWithRights("shop.second", keys.second, { rights }),
      entryWithRights("other.backend", keys.other, { rights }),
    ].join(","),
    CONNECT_RETURN_URLS: productUrl,
  },
});
const [shop, second, other] = [
  createProduct(world, keys.shop),
  createProduct(world, keys.second),
  createProduct(world, keys.other),
];
const zoom = getSubject("zoom");

let count = 0;
const nextUser = (): string => `usr_${(count += 1)}`;
const told = ({ status, json }: Said): unknown[] => [status, json["code"]];
const under = (key: string) => ({ "idempotency-key": key });
const idOf = ({ json }: Said): unknown => json["id"];

describe("an idempotency key", () => {
  const request = (user: string) => ({
    user: { id: user, name: "Ada", email: "ada@acme.example" },
    tenant: { id: "acme", name: "Acme" },
    providers: ["zoom", "stripe", "calendly"],
    scopes: { calendly: ["event_types:read"] },
    tags: { plan: "pro", area: "eu" },
    returnUrl: productUrl,
  });

  test("108. a key with another request is refused, whatever differs, and nothing is made or changed", async () => {
    const [user, key] = [nextUser(), newSecret()];
    const body = request(user);
    const first = await shop.ask(body, under(key));
    expect(first.status).toBe(201);
    const rows = await world.sql("select to_json(s) as row from connect_session s");
    const people = await world.sql(`select id, name, contact_email from "user" order by id`);
    for (const change of [
      { user: { ...body.user, id: nextUser() } },
      { user: { ...body.user, name: "Mallory" } },
      { tenant: null },
      { tenant: { id: "evil", name: "Acme" } },
      { providers: ["zoom", "calendly"] },
      { scopes: {} },
      { tags: { plan: "pro" } },
      { returnUrl: `${productUrl}/x` },
      { returnUrl: null },
      { locale: "de" },
      { expiresIn: 60 },
    ]) {
      const answer = await shop.ask({ ...body, ...change }, under(key));
      expect([change, ...told(answer)]).toEqual([change, 409, "idempotency_key_reused"]);
      expect(answer.text).not.toContain("pbcs_");
    }
    expect(await world.sql("select to_json(s) as row from connect_session s")).toEqual(rows);
    expect(await world.sql(`select id, name, contact_email from "user" order by id`)).toEqual(people);
  });

  test("108. a key with the same request gives the same link, in whatever order and by whichever key of the application", async () => {
    const [user, key] = [nextUser(), newSecret()];
    const body = request(user);
    const first = await shop.ask(body, under(key));
    const shuffled = {
      tags: { area: "eu", plan: "pro" },
      returnUrl: body.returnUrl,
      connection: null,
      locale: null,
      scopes: body.scopes,
      providers: body.providers.toReversed(),
      expiresIn: 1_800,
      tenant: { name: "Acme", id: "acme" },
      user: { email: body.user.email, name: body.user.name, id: user },
    };
    for (const answer of [await shop.ask(shuffled, under(key)), await second.ask(body, under(key))])
      expect([answer.status, answer.json]).toEqual([201, first.json]);
    const theirs = await other.ask(body, under(key));
    expect([theirs.status, idOf(theirs) === idOf(first)]).toEqual([201, false]);
    expect(theirs.json["token"]).not.toBe(first.json["token"]);
    const later = await shop.ask(body, under(newSecret()));
    expect(idOf(later)).not.toBe(idOf(first));
  });

  test("108. fifty requests under one key at once make one session, and those with another body get none", async () => {
    const [user, key] = [nextUser(), newSecret()];
    const same = await Promise.all(Array.from({ length: 50 }, () => shop.ask(request(user), under(key))));
    expect(new Set(same.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(same[0]?.status).toBe(201);
    const [one, two, rival] = [nextUser(), nextUser(), newSecret()];
    const mixed = await Promise.all(
      Array.from({ length: 50 }, (_, turn) => shop.ask(request(turn % 2 === 0 ? one : two), under(rival))),
    );
    expect(new Set(mixed.filter(({ status }) => status === 201).map(idOf)).size).toBe(1);
    expect(mixed.map(({ status }) => status).toSorted((one, two) => one - two)).toEqual(
      Array.from({ length: 50 }, (_, turn) => (turn < 25 ? 201 : 409)),
    );
    const made = await world.sql("select from connect_session where idempotency_key = any($1)", [[key, rival]]);
    expect(made).toHaveLength(2);
  });

  test("108. a key that is too long, or of odd characters, is refused, and never a 5xx", async () => {
    for (const key of ["a".repeat(256), "a b", "é", ""]) {
      const answer = await shop.ask(request(nextUser()), under(key));
      expect([key.slice(0, 5), ...told(answer)]).toEqual([key.slice(0, 5), 422, "invalid_request"]);
    }
  });
});

describe("many sessions", () => {
  test("109. a user has thirty sessions a minute, asked for at once or one after the other", async () => {
    const [user, neighbour] = [nextUser(), nextUser()];
    const answers = await Promise.all(Array.from({ length: 60 }, () => shop.ask({ user: { id: user } })));
    answers.push(await shop.ask({ user: { id: user } }));
    const refused = answers.filter(({ status }) => status !== 201);
    expect(told(answers.at(-1) ?? expect.fail())).toEqual([429, "too_many_requests"]);
    for (const { status, json, headers } of refused) {
      expect([status, json["code"]]).toEqual([429, "too_many_requests"]);
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    }
    // Thirty, and those that the ten connections to the database counted at the same moment.
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(30);
    expect(answers.length - refused.length).toBeLessThanOrEqual(30 + 9);
    expect((await shop.ask({ user: { id: neighbour } })).status).toBe(201);
    expect((await other.ask({ user: { id: user } })).status).toBe(201);
  });

  test("109. a key makes six hundred sessions a minute, and another key is not held up", async () => {
    const [{ id } = expect.fail()] = await world.sql<{ id: string }>(
      `insert into "user" (id, name, application, external_id) values ('full', '', 'shop', 'full') returning id`,
    );
    await world.sql(
      `insert into connect_session (id, application, service_key, user_id, token_hash, providers, lifetime_seconds, expires_at)
       select 'cs_full' || n, 'shop', 'shop.second', $1, sha256(convert_to('full' || n, 'UTF8')), '{zoom}', 60, now()
       from generate_series(1, 600) n`,
      [id],
    );
    const answer = await second.ask({ user: { id: nextUser() } });
    expect(told(answer)).toEqual([429, "too_many_requests"]);
    expect((await shop.ask({ user: { id: nextUser() } })).status).toBe(201);
    await world.sql("delete from connect_session where id like 'cs_full%'");
  });

  test("109. beside ten thousand open sessions, a session is made, opened, returned from and completed by index alone", async () => {
    await world.sql(
      `with person as (
         insert into "user" (id, name, application, external_id)
         select 'many' || n, '', 'shop', 'many' || n from generate_series(1, 10000) n returning id),
       made as (
         insert into connect_session (id, application, service_key, user_id, token_hash, status, providers, lifetime_seconds,
           opened_at, expires_at, return_url, created_at)
         select 'cs_' || id, 'shop', 'shop.backend', id, sha256(convert_to(id, 'UTF8')), 'opened', '{zoom}', 1800,
           now(), now() + interval '30 minutes', 'http://localhost:5999/settings', now() - interval '10 minutes'
         from person returning id, user_id),
       begun as (
         insert into session (id, token, user_id, expires_at, connect_session_id, providers)
         select user_id, 'connect:' || user_id, user_id, now() + interval '30 minutes', id, '{zoom}' from made)
       insert into attempt (id, user_id, session_id, browser_hash, provider, redirect_uri, provider_state, status, expires_at,
         connect_session_id, needs_completion, ticket_hash, ticket_until)
       select sha256(convert_to('a' || user_id, 'UTF8')), user_id, user_id, sha256('b'), 'zoom', '', '', 'returned',
         now() + interval '10 minutes', id, true, sha256(convert_to('t' || user_id, 'UTF8')), now() + interval '2 minutes'
       from made`,
    );
    await world.sql(`analyze connect_session, session, attempt, "user"`);
    const tables = ["attempt", "connect_session", "session", "user"];
    const read = async () =>
      await world.sql<{ table: string; rows: string; scans: string }>(
        `select relname as table, seq_tup_read as rows, idx_scan as scans from pg_stat_user_tables
         where schemaname = 'patchbay' and relname = any($1) order by relname`,
        [tables],
      );
    const before = await read();
    // A process of its own: its connections tell what they did when they end.
    const process = await world.another();
    const product = createProduct(process, keys.shop);
    const user = nextUser();
    const asked = await product.ask({ user: { id: user }, returnUrl: productUrl }, under(newSecret()));
    const session = asked.json as unknown as Session;
    const browser = new Browser(process.url);
    await openLink(browser, session);
    const back = await decide(await beginInVisit(browser, zoom), "allow", zoom.person);
    const { location } = await browser.get(back.pathname + back.search);
    const code = location?.searchParams.get("connect_code") ?? "";
    expect((await product.complete(session, code, user)).status).toBe(200);
    expect((await product.state(session)).json["status"]).toBe("connected");
    await process.stop();
    const after = await read();
    for (const [at, { table, rows, scans }] of after.entries()) {
      const grown = Number(scans) - Number(before[at]?.scans ?? 0);
      expect([table, grown > 0]).toEqual([table, true]);
      expect([table, Number(rows) - Number(before[at]?.rows ?? 0) < 1_000]).toEqual([table, true]);
    }
  });
});
