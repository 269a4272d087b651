import { beforeEach, describe, expect, test } from "vitest";
import { forgetAll } from "./credentials/credential-process.ts";
import { createBackEnd, entryWithRights, newKey, type Said } from "./harness/back-end.ts";
import { openWorld } from "./harness/open-world.ts";
import { eventually, newcomer, quiet } from "./harness/probe.ts";
import { getSubject, subjects } from "./harness/subjects.ts";
import { connect, type Row } from "./harness/walk.ts";

const all = ["read", "token", "connect", "manage"];
const keys = { shop: newKey(), zoomOnly: newKey(), reader: newKey(), other: newKey(), own: newKey() };
const world = await openWorld({
  env: {
    SERVICE_KEYS: [
      entryWithRights("shop.backend", keys.shop, { rights: all }),
      entryWithRights("shop.zoomer", keys.zoomOnly, { rights: all, providers: ["zoom"] }),
      entryWithRights("shop.reader", keys.reader, { rights: ["read"] }),
      entryWithRights("other.backend", keys.other, { rights: all }),
      entryWithRights("own", keys.own, { rights: all }),
    ].join(),
  },
});
const [shop, zoomOnly, reader, other, own] = [
  createBackEnd(world.url, keys.shop),
  createBackEnd(world.url, keys.zoomOnly),
  createBackEnd(world.url, keys.reader),
  createBackEnd(world.url, keys.other),
  createBackEnd(world.url, keys.own),
];
const zoom = getSubject("zoom");
beforeEach(async () => {
  await world.control.reset();
  await forgetAll(world);
});

/** A user who signed up here, with their connections at these providers, the oldest first. */
async function member(...ids: string[]) {
  const browser = await newcomer(world);
  const rows: Row[] = [];
  for (const id of ids) rows.push(await connect(browser, getSubject(id)));
  const { user } = ((await browser.get("/api/trpc/session.get")).json["result"] as { data: { user: { id: string } } })
    .data;
  return { browser, rows, id: user.id };
}

let count = 0;
/** The product's own user of the application `shop`, with connections. */
async function customer(...ids: string[]) {
  const { rows, id } = await member(...ids);
  count += 1;
  const external = `usr_${count}`;
  await world.sql(
    `update "user" set application = 'shop', external_id = $2, email = null, contact_email = 'ada@acme.example', name = 'Ada'
     where id = $1`,
    [id, external],
  );
  await world.sql("update connection set application = 'shop' where user_id = $1", [id]);
  return { id: external, internal: id, rows, connection: rows[0]?.id ?? expect.fail("no connection") };
}

const connectionsIn = ({ text }: Said) =>
  (JSON.parse(text) as { connections: { id: number; status: string }[]; nextCursor: string | null }).connections;
const idsIn = (answer: Said) => connectionsIn(answer).map(({ id }) => id);
const json = { "content-type": "application/json" };
const patch = (backEnd: typeof shop, id: number, body: unknown) =>
  backEnd.send(String(id), { method: "PATCH", headers: json, body: JSON.stringify(body) });
const post = (backEnd: typeof shop, id: number, act: string) => backEnd.send(`${id}/${act}`, { method: "POST" });
const remove = (backEnd: typeof shop, path: string) => backEnd.send(path, { method: "DELETE" });
const erase = (backEnd: typeof shop, user: string) => remove(backEnd, `../users/${encodeURIComponent(user)}`);
const audit = (connection: number) =>
  world.sql<{ actor: string; action: string }>(
    "select actor, action from audit_event where connection_id = $1 and action <> 'connected' order by id",
    [connection],
  );

describe("a list", () => {
  test("a list is of the product's own user by the product's id, with whose it is", async () => {
    const ada = await customer("zoom", "stripe");
    const grace = await customer("zoom");
    expect(idsIn(await shop.list(ada.id))).toEqual(ada.rows.map(({ id }) => id));
    expect(connectionsIn(await shop.list(grace.id))).toMatchObject([
      { id: grace.connection, user: { id: grace.id, name: "Ada", email: "ada@acme.example" }, tenant: null, tags: {} },
    ]);
    expect(idsIn(await shop.list(ada.internal))).toEqual([]);
    expect(idsIn(await shop.list("ada@acme.example"))).toEqual([]);
  });

  test("a list is narrowed by tenant, provider, status and tags", async () => {
    const { id, rows } = await customer("zoom", "stripe", "paypal");
    const [first, second, third] = rows.map((row) => row.id);
    await world.sql(`update connection set tenant_id = 'acme', tags = '{"plan":"pro","a.b":"c"}' where id = $1`, [
      first,
    ]);
    await world.sql(`update connection set tenant_id = 'acme', tags = '{"plan":"free"}' where id = $1`, [second]);
    await world.sql("update connection set pending_until = now() + interval '1 hour' where id = $1", [third]);
    const ask = async (query: string) => idsIn(await shop.send(`?user=${id}&${query}`));
    expect(await ask("tenant=acme")).toEqual([first, second]);
    expect(await ask("tenant=acme&provider=stripe")).toEqual([second]);
    expect(await ask("tag.plan=pro")).toEqual([first]);
    expect(await ask("tag.plan=pro&tag.a.b=c")).toEqual([first]);
    expect(await ask("tag.plan=pro&tag.other=x")).toEqual([]);
    expect(await ask("status=pending")).toEqual([third]);
    expect(await ask("status=active")).toEqual([first, second]);
  });

  test("a list has pages, which a cursor leads through without a gap or a repetition", async () => {
    const { id, rows } = await customer("calendly", "paypal", "stripe", "zoom");
    const seen: number[] = [];
    const sizes: number[] = [];
    for (let next: string | null = ""; next !== null;) {
      const page: Said = await shop.send(`?user=${id}&limit=3${next}`);
      expect(page.status).toBe(200);
      seen.push(...idsIn(page));
      sizes.push(idsIn(page).length);
      const cursor = page.json["nextCursor"] as string | null;
      next = cursor && `&cursor=${cursor}`;
    }
    expect([seen, sizes]).toEqual([rows.map((row) => row.id), [3, 1]]);
    const whole = await shop.send(`?user=${id}&limit=4`);
    expect([idsIn(whole).length, whole.json["nextCursor"]]).toEqual([4, null]);
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=501", "limit"],
    ["limit=x", "limit"],
    ["cursor=x", "cursor"],
    ["cursor=LTE", "cursor"],
    ["status=replaced", "status"],
    ["User=a", "User"],
    ["tag.plan=a&tag.plan=b", "tag.plan"],
    [`tag.${"k".repeat(65)}=v`, `tag.${"k".repeat(65)}`],
    [`tag.k=${"v".repeat(256)}`, "tag.k"],
    [Array.from({ length: 11 }, (_, at) => `tag.k${at}=v`).join("&"), "tag"],
    ["tag=x&tag.k=v", "tag.k"],
    ["tag.k=v&tag=x", "tag"],
    ["tag=x", "tag"],
  ])("a list with %s is refused, and the field is named", async (query, field) => {
    const answer = await shop.send(`?${query}`);
    expect([answer.status, answer.json]).toMatchObject([422, { code: "invalid_request", field }]);
  });
});

describe("what a key does not see", () => {
  const acts: [string, (backEnd: typeof shop, id: number) => Promise<Said>][] = [
    ["get", (backEnd, id) => backEnd.send(String(id))],
    ["update", (backEnd, id) => patch(backEnd, id, { label: "mine" })],
    ["disconnect", (backEnd, id) => remove(backEnd, String(id))],
    ["token", (backEnd, id) => backEnd.token(id)],
    ["check", (backEnd, id) => post(backEnd, id, "check")],
    ["approve", (backEnd, id) => post(backEnd, id, "approve")],
  ];

  test.each(acts)(
    "%s: another application's and another provider's connection are as an unknown one",
    async (_act, act) => {
      const { connection, rows } = await customer("stripe");
      for (const backEnd of [other, own, zoomOnly]) {
        const [refused, unknown] = [await act(backEnd, connection), await act(backEnd, 999_999_999)];
        expect([refused.status, refused.json]).toEqual([404, unknown.json]);
        expect(refused.json["code"]).toBe("connection_unknown");
      }
      expect(idsIn(await shop.send("?provider=stripe"))).toContain(rows[0]?.id);
      expect(await audit(connection)).toEqual([]);
    },
  );

  test.each(acts.filter(([act]) => act !== "get" && act !== "check"))(
    "%s: a key without the right is refused",
    async (_act, act) => {
      const { connection } = await customer("zoom");
      const answer = await act(reader, connection);
      expect([answer.status, answer.json["code"]]).toEqual([403, "right_missing"]);
      expect(await audit(connection)).toEqual([]);
    },
  );

  test("a list has nothing of another application, and users who signed up here belong to the default one", async () => {
    const [ada, ben] = [await customer("zoom"), await member("zoom")];
    expect(idsIn(await other.send("?limit=500"))).toEqual([]);
    expect(idsIn(await shop.send("?limit=500"))).toContain(ada.connection);
    const ours = idsIn(await own.send("?limit=500"));
    expect(ours).toContain(ben.rows[0]?.id);
    expect(ours).not.toContain(ada.connection);
    expect(idsIn(await own.list(ben.id))).toEqual(ben.rows.map(({ id }) => id));
    expect(idsIn(await shop.list(ben.id))).toEqual([]);
  });
});

describe("a change", () => {
  test("a change of tags and label is shown, audited by the key's name, and taken back with null", async () => {
    const { connection, rows } = await customer("zoom");
    const changed = await patch(shop, connection, { tags: { plan: "pro" }, label: "Sales" });
    expect(changed.json).toMatchObject({ id: connection, label: "Sales", tags: { plan: "pro" } });
    expect((await patch(shop, connection, { label: null })).json).toMatchObject({
      label: rows[0]?.label,
      tags: { plan: "pro" },
    });
    expect((await patch(shop, connection, {})).json).toMatchObject({ tags: { plan: "pro" } });
    expect((await shop.send(String(connection))).json).toMatchObject({ label: rows[0]?.label, tags: { plan: "pro" } });
    const updated = { actor: "service:shop.backend", action: "updated" };
    expect(await audit(connection)).toEqual([updated, updated, updated]);
  });

  test.each([
    [{ tags: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`k${at}`, ""])) }, "tags"],
    [{ tags: { ["k".repeat(65)]: "" } }, `tags.${"k".repeat(65)}`],
    [{ tags: { "": "v" } }, "tags."],
    [{ tags: { k: "v".repeat(256) } }, "tags.k"],
    [{ tags: { k: "\u0000" } }, "tags.k"],
    [{ tags: { k: "\ud800" } }, "tags.k"],
    [{ tags: { k: 1 } }, "tags.k"],
    [{ label: " " }, "label"],
    [{ label: "x".repeat(256) }, "label"],
    [{ status: "active" }, "status"],
    ["text", "body"],
  ])("a change to %j is refused, and the field is named", async (body, field) => {
    const { connection } = await customer("zoom");
    const answer = await patch(shop, connection, body);
    expect([answer.status, answer.json]).toMatchObject([422, { code: "invalid_request", field }]);
  });
});

test.each(subjects)(
  "$id: a disconnect by a key ends the grant at the provider, and gives the receipt",
  async ({ id }) => {
    const { connection, rows } = await customer(id);
    const answer = await remove(shop, String(connection));
    expect([answer.status, answer.json]).toMatchObject([200, { id: connection, provider: id, label: rows[0]?.label }]);
    expect(answer.json["revocations"]).toMatchObject([
      { outcome: expect.stringMatching(/^(revoked|unsupported)$/) as string },
    ]);
    expect(await world.control.listRefreshableGrants(id)).toEqual([]);
    expect(await audit(connection)).toEqual([{ actor: "service:shop.backend", action: "disconnected" }]);
    expect((await remove(shop, String(connection))).status).toBe(404);
  },
);

describe("a check", () => {
  test.each(subjects)("$id: a check asks the provider, and answers what it says", async (subject) => {
    const { connection } = await customer(subject.id);
    const asked = async () => (await world.control.listCalls()).calls.length;
    const before = await asked();
    expect((await post(shop, connection, "check")).json).toMatchObject({ id: connection, status: "active" });
    expect(await asked()).toBeGreaterThan(before);
  });

  test("a check of a grant that is gone finds that out", async () => {
    const { connection } = await customer("zoom");
    await world.control.removeApp({ provider: "zoom", person: zoom.person });
    expect((await post(shop, connection, "check")).json).toMatchObject({
      id: connection,
      status: "needs_reconnect",
      reason: "grant_ended",
    });
  });

  test("a check without a clear answer says so, and leaves the connection as it is", async () => {
    const { connection } = await customer("zoom");
    await world.control.failRequests({ ...zoom.token, status: 503 });
    const answer = await post(shop, connection, "check");
    expect([answer.status, answer.json["code"]]).toEqual([503, "provider_unavailable"]);
    expect((await shop.send(String(connection))).json).toMatchObject({ status: "active" });
    const again = await post(shop, connection, "check");
    expect([again.status, Number(again.headers["retry-after"])]).toEqual([503, expect.any(Number)]);
  });
});

describe("a pending connection", () => {
  const suspend = (connection: number, time: string) =>
    world.sql(`update connection set pending_until = now() + interval '${time}' where id = $1`, [connection]);

  test("a pending connection gives no token until it is approved, which is audited once", async () => {
    const { connection } = await customer("zoom");
    await suspend(connection, "1 hour");
    const refused = await shop.token(connection);
    expect([refused.status, refused.json["code"]]).toEqual([409, "connection_pending"]);
    expect((await shop.send(String(connection))).json).toMatchObject({ status: "pending" });
    expect((await post(shop, connection, "approve")).json).toMatchObject({ id: connection, status: "active" });
    expect((await post(shop, connection, "approve")).json).toMatchObject({ id: connection, status: "active" });
    expect((await shop.token(connection)).status).toBe(200);
    expect(await audit(connection)).toEqual([{ actor: "service:shop.backend", action: "approved" }]);
  });

  test("a pending connection whose time is over cannot be approved; the purge ends it with its grant", async () => {
    const { connection } = await customer("zoom");
    const waiting = await customer("stripe");
    await suspend(connection, "-1 second");
    await suspend(waiting.connection, "1 hour");
    expect((await post(shop, connection, "approve")).status).toBe(404);
    await world.sql("select patchbay_worker.add_job('purge')");
    await eventually(async () => {
      expect((await shop.send(String(connection))).status).toBe(404);
      expect(await world.sql("select from credential where provider = 'zoom'")).toEqual([]);
    });
    expect(await world.control.listRefreshableGrants("zoom")).toEqual([]);
    expect(await audit(connection)).toEqual([{ actor: "patchbay", action: "unapproved" }]);
    expect((await shop.send(String(waiting.connection))).json).toMatchObject({ status: "pending" });
  });
});

describe("an erasure", () => {
  const rowsOf = (internal: string) =>
    world.sql(
      `select id from "user" where id = $1 union all select id from session where user_id = $1
       union all select id::text from connection where user_id = $1 union all select id from account where user_id = $1`,
      [internal],
    );

  test("an erasure revokes every grant at its provider, deletes everything, and gives the receipts", async () => {
    const ada = await customer(...subjects.map(({ id }) => id));
    const answer = await erase(shop, ada.id);
    expect(answer.status).toBe(200);
    const receipts = answer.json["receipts"] as { id: number; revocations: { outcome: string }[] }[];
    expect(receipts.map(({ id }) => id)).toEqual(ada.rows.map(({ id }) => id));
    for (const { id } of subjects) expect(await world.control.listRefreshableGrants(id)).toEqual([]);
    expect(await rowsOf(ada.internal)).toEqual([]);
    await quiet(world);
    for (const { id } of ada.rows)
      expect(await audit(id)).toEqual([{ actor: "service:shop.backend", action: "erased" }]);
    expect(
      await world.sql("select actor from audit_event where action = 'user_erased' and details->>'user' = $1", [
        ada.internal,
      ]),
    ).toEqual([{ actor: "service:shop.backend" }]);
  });

  test("an erasure a second time, and that of nobody, answer alike with no receipts", async () => {
    const ada = await customer("zoom");
    await erase(shop, ada.id);
    for (const user of [ada.id, "nobody", ada.internal]) {
      const answer = await erase(shop, user);
      expect([answer.status, answer.json]).toEqual([200, { receipts: [] }]);
    }
  });

  test("an erasure by another application, or by a key that does not see every provider, touches nobody", async () => {
    const ada = await customer("zoom");
    for (const backEnd of [other, own]) expect((await erase(backEnd, ada.id)).json).toEqual({ receipts: [] });
    const refused = await erase(zoomOnly, ada.id);
    expect([refused.status, refused.json]).toMatchObject([403, { code: "right_missing" }]);
    expect((await erase(reader, ada.id)).status).toBe(403);
    expect((await shop.send(String(ada.connection))).json).toMatchObject({ status: "active" });
  });

  test("an erasure goes on by a job where the provider does not answer, and the user is gone at once", async () => {
    const ada = await customer("zoom");
    await world.control.failRequests({ ...zoom.revocation, status: 503 });
    const answer = await erase(shop, ada.id);
    expect(answer.json).toMatchObject({ receipts: [{ id: ada.connection, revocations: [{ outcome: "retrying" }] }] });
    expect(await rowsOf(ada.internal)).toEqual([]);
    expect(await world.sql("select status from credential where provider = 'zoom'")).toEqual([
      { status: "disconnecting" },
    ]);
  });

  test("an erasure signs a user out who signed up here, by the id that they have with us", async () => {
    const { browser, id, rows } = await member("zoom");
    expect((await erase(own, id)).json).toMatchObject({ receipts: [{ id: rows[0]?.id }] });
    expect((await browser.get("/api/trpc/connections.list")).status).toBe(401);
    expect(await rowsOf(id)).toEqual([]);
  });

  test("an erasure leaves another user of the same account connected", async () => {
    const [ada, ben] = [await customer("zoom"), await customer("zoom")];
    expect((await erase(shop, ada.id)).json).toMatchObject({ receipts: [{ revocations: [{ outcome: "shared" }] }] });
    expect((await post(shop, ben.connection, "check")).json).toMatchObject({ status: "active" });
  });
});
