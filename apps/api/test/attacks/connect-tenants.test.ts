import { describe, expect, test } from "vitest";
import { operations } from "../../src/backend-api/operations.ts";
import { createBackEnd, entryWithRights, newKey, type Said } from "../harness/back-end.ts";
import { openWorld } from "../harness/open-world.ts";
import { newSecret } from "../harness/probe.ts";
import { getSubject } from "../harness/subjects.ts";
import { createProduct, openVisit, productUrl, returnFrom } from "../harness/visit.ts";

const rights = ["read", "token", "connect", "manage"];
const keys = { shop: newKey(), other: newKey(), own: newKey(), calendly: newKey(), powerless: newKey() };
const world = await openWorld({
  env: {
    SERVICE_KEYS: [
      entryWithRights("shop.backend", keys.shop, { rights }),
      entryWithRights("other.backend", keys.other, { rights }),
      entryWithRights("own", keys.own, { rights }),
      entryWithRights("shop.calendly", keys.calendly, { rights, providers: ["calendly"] }),
      ...rights.map((right, turn) =>
        entryWithRights(`shop.only-${right}`, `${keys.powerless}${turn}`, { rights: [right] }),
      ),
    ].join(","),
    CONNECT_RETURN_URLS: productUrl,
  },
});
const shop = createProduct(world, keys.shop);
const zoom = getSubject("zoom");

/** Bodies that each operation takes, where it takes one. */
const bodies: Record<string, unknown> = {
  createConnectSession: { user: { id: "usr_1" }, returnUrl: productUrl },
  completeConnectSession: { connectCode: newSecret(), user: "usr_1" },
  updateConnection: { tags: { planted: "yes" }, label: "planted" },
  issueToken: {},
};

/** A user of the shop with a connection, a session that has come back, and an open one. */
async function furnish() {
  const visit = await openVisit(world, shop, { user: "usr_1", tenant: { id: "acme" }, tags: { plan: "pro" } });
  const { session, code } = await returnFrom(visit, zoom);
  const { json } = await shop.complete(session, code, "usr_1");
  const open = await shop.create("usr_1");
  const [{ internal } = expect.fail()] = await world.sql<{ internal: string }>(
    `select id as internal from "user" where external_id = 'usr_1' and application = 'shop'`,
  );
  return { connection: (json["connection"] as { id: number }).id, open, completed: session, internal };
}
const theirs = await furnish();

/** The ids that exist at the shop, and one that exists nowhere, by what a path names. */
const ids: Record<string, { known: string[]; unknown: string }> = {
  "/connections/{id}": { known: [String(theirs.connection)], unknown: "999999" },
  "/connect/sessions/{id}": { known: [theirs.open.id, theirs.completed.id], unknown: `cs_${newSecret()}` },
  "/users/{id}": { known: ["usr_1", theirs.internal], unknown: "nobody" },
};

const named = operations.filter(({ path }) => path.includes("{"));

let calls = 0;
/** From an address of its own: failed keys are limited for each address. */
function call(key: string | undefined, operation: (typeof operations)[number], id: string): Promise<Said> {
  const { method, path } = operation;
  calls += 1;
  return createBackEnd(world.url, key).send(`/api/v1${path.replace("{id}", encodeURIComponent(id))}`, {
    method,
    headers: {
      "x-forwarded-for": `10.0.${calls >> 8}.${calls & 255}`,
      ...(operation.body && { "content-type": "application/json" }),
    },
    ...(operation.body && { body: JSON.stringify(bodies[operation.id]) }),
  });
}

/** All that the shop sees of its user. */
async function look(): Promise<unknown> {
  const list = await shop.backEnd.send("?user=usr_1");
  return [list.json, (await shop.state(theirs.open)).json, (await shop.state(theirs.completed)).json];
}
const before = await look();

describe.each(named.map((operation) => [operation.id, operation] as const))("%s", (_id, operation) => {
  const prefix = Object.keys(ids).find((start) => operation.path.startsWith(start));
  const { known, unknown } = ids[prefix ?? ""] ?? { known: [], unknown: "" };

  test("107. an id of another application is answered as one that does not exist, and nothing changes", async () => {
    expect(known.length).toBeGreaterThan(0);
    expect(operation.body?.safeParse(bodies[operation.id]).success ?? true).toBe(true);
    for (const key of [keys.other, keys.own]) {
      const nothing = await call(key, operation, unknown);
      expect(nothing.status < 500 && (nothing.status >= 400 || operation.id === "eraseUser")).toBe(true);
      for (const id of known) {
        const answer = await call(key, operation, id);
        expect([id, answer.status, answer.text]).toEqual([id, nothing.status, nothing.text]);
      }
    }
    expect(await look()).toEqual(before);
  });

  test("107. a key without the right, without the provider, or no key, learns nothing of an id", async () => {
    const others = rights.flatMap((right, turn) => (right === operation.right ? [] : [`${keys.powerless}${turn}`]));
    const anonymous = [undefined, newKey(), keys.shop.slice(0, -1)];
    for (const [status, callers] of [
      [403, others],
      [401, anonymous],
    ] as const)
      for (const key of callers) {
        const answers = await Promise.all([...known, unknown].map((id) => call(key, operation, id)));
        expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
        expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => status));
      }
    if (prefix !== "/connect/sessions/{id}") {
      const answers = await Promise.all([...known, unknown].map((id) => call(keys.calendly, operation, id)));
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect([403, 404]).toContain(answers[0]?.status);
    }
    expect(await look()).toEqual(before);
  });

  test("107. an id that is none is refused, and never a 5xx", async () => {
    for (const id of [
      "0",
      "-1",
      "1.5",
      "1e3",
      "99999999999999999999",
      "' or true --",
      "\u0000",
      "%",
      "..",
      "a".repeat(5_000),
    ]) {
      const { status } = await call(keys.shop, operation, id);
      const isNobody = operation.id === "eraseUser" && status === 200;
      expect([id.slice(0, 30), isNobody || (status >= 400 && status < 500)]).toEqual([id.slice(0, 30), true]);
    }
    expect(await look()).toEqual(before);
  });
});

describe("what names others in a body or a query", () => {
  const other = createProduct(world, keys.other);

  test("107. a session to reconnect a connection of another application, or of another user, is made for nobody", async () => {
    const sessions = await world.sql("select id from connect_session");
    const asked = [
      ...[keys.other, keys.own].map((key) => [createProduct(world, key), "usr_1"] as const),
      [shop, "usr_2"] as const,
      [createProduct(world, keys.calendly), "usr_1"] as const,
    ];
    for (const [product, id] of asked) {
      const answers = await Promise.all(
        [theirs.connection, 999_999].map((connection) => product.ask({ user: { id }, connection })),
      );
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect([answers[0]?.status, answers[0]?.json["code"]]).toEqual([404, "connection_unknown"]);
    }
    expect(await world.sql("select id from connect_session")).toEqual(sessions);
  });

  test("107. a list of another application is empty, whatever it asks for", async () => {
    for (const query of ["user=usr_1", `user=${theirs.internal}`, "tenant=acme", "tag.plan=pro", "provider=zoom", ""])
      for (const key of [keys.other, keys.own, keys.calendly]) {
        const { json } = await createBackEnd(world.url, key).send(`?${query}`);
        expect([query, json["connections"], json["nextCursor"]]).toEqual([query, [], null]);
      }
    const { json } = await shop.backEnd.send("?limit=1");
    expect((await other.backEnd.send(`?cursor=${String(json["nextCursor"])}`)).json).not.toMatchObject({
      connections: [{}],
    });
  });

  test("107. the same id of a user is another user in another application: neither reads, renames nor erases the other", async () => {
    const session = await other.create("usr_1", {
      user: { id: "usr_1", name: "Mallory", email: "mallory@evil.example" },
    });
    expect(session.id).toMatch(/^cs_/);
    expect((await other.backEnd.list("usr_1")).json).toMatchObject({ connections: [] });
    expect(await look()).toEqual(before);
    const erased = await other.backEnd.send("/api/v1/users/usr_1", { method: "DELETE" });
    expect([erased.status, erased.json]).toEqual([200, { receipts: [] }]);
    expect((await other.state(session)).status).toBe(404);
    expect(await look()).toEqual(before);
  });

  test("107. providers that the key does not see are in no session, by name or by default", async () => {
    const product = createProduct(world, keys.calendly);
    for (const providers of [["zoom"], ["calendly", "zoom"], ["telegram"], ["nothing"], ["__proto__"]]) {
      const { status, json } = await product.ask({ user: { id: "usr_3" }, providers });
      expect([providers, status, json["code"]]).toEqual([providers, 404, "provider_unknown"]);
    }
    const { browser } = await openVisit(world, product, { user: "usr_3" });
    const { json } = await browser.get("/api/trpc/connectSession.get?session=connect");
    expect(json).toMatchObject({ result: { data: { providers: ["calendly"] } } });
    // Telegram's session leaves only for a key that names it.
    const visit = await openVisit(world, shop, { user: "usr_4" });
    expect((await visit.browser.get("/api/trpc/connectSession.get?session=connect")).text).not.toContain("telegram");
  });
});
