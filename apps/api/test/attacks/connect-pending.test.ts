import { describe, expect, test } from "vitest";
import { createBackEnd, entryWithRights, newKey, type Said } from "../harness/back-end.ts";
import type { Answer } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
import { eventually, exchanges, failureIn, inTheSameMoment } from "../harness/probe.ts";
import { getSubject, subjects, type Subject } from "../harness/subjects.ts";
import {
  beginInVisit,
  connectInVisit,
  createProduct,
  inVisit,
  openLink,
  openVisit,
  productUrl,
  returnFrom,
  type Visit,
} from "../harness/visit.ts";
import { bodyOf, decide } from "../harness/walk.ts";

const rights = ["read", "token", "connect", "manage"];
const keys = { shop: newKey(), reader: newKey(), calendly: newKey(), other: newKey() };
const world = await openWorld({
  env: {
    SERVICE_KEYS: [
      entryWithRights("shop.backend", keys.shop, { rights }),
      entryWithRights("shop.reader", keys.reader, { rights: ["read", "token", "manage"] }),
      entryWithRights("shop.calendly", keys.calendly, { rights, providers: ["calendly"] }),
      entryWithRights("other.backend", keys.other, { rights }),
    ].join(","),
    CONNECT_RETURN_URLS: productUrl,
  },
});
const [shop, other] = [createProduct(world, keys.shop), createProduct(world, keys.other)];
const zoom = getSubject("zoom");

let count = 0;
const nextUser = (): string => `usr_${(count += 1)}`;
const told = ({ status, json }: Answer | Said): unknown[] => [status, json["code"]];
const post = (key: string, id: number, act: string): Promise<Said> =>
  createBackEnd(world.url, key).send(`${id}/${act}`, { method: "POST" });
const erase = (product: typeof shop, user: string): Promise<Said> =>
  product.backEnd.send(`/api/v1/users/${user}`, { method: "DELETE" });

/** Connects an account of a product's user, with a way back. */
const connectFor = (user: string, subject = zoom, product = shop): Promise<number> =>
  connectInVisit(world, product, { user, subject });

/** Connects by a link without a way back: the page finishes. Gives the session. */
async function connectByMail(user: string, subject = zoom): Promise<Visit & { connection: number }> {
  const visit = await openVisit(world, shop, { user, returnUrl: null, providers: [subject.id] });
  const back = await decide(await beginInVisit(visit.browser, subject), "allow", subject.person);
  const landing = (await visit.browser.get(back)).location ?? expect.fail();
  expect([landing.origin, landing.pathname, landing.searchParams.has("error")]).toEqual([world.url, "/connect", false]);
  await finishOnPage(visit, subject, { back, landing });
  return { ...visit, connection: Number((await shop.state(visit.session)).json["connection"]) };
}

/** Finishes on our page with what it was told. */
async function finishOnPage({ browser }: Visit, subject: Subject, { back, landing }: { back: URL; landing: URL }) {
  if (subject.finishesOnReturn) {
    const ticket = [...landing.searchParams.values()].find((value) => /^[\w-]{43}$/.test(value)) ?? "";
    const finish = { provider: subject.id, ticket, state: back.searchParams.get("state") };
    const { status, text } = await browser.post(inVisit("/api/trpc/connect.finish"), finish);
    expect([status, text]).toEqual([200, expect.stringContaining("pending")]);
    return;
  }
  const { status, text } = await browser.post(
    inVisit(`/api/v1/channels/${subject.id}/connect`),
    bodyOf(subject, landing),
  );
  expect([status, text]).toEqual([200, expect.any(String)]);
}

describe.each(subjects)("at $id", (subject) => {
  test("111. an account that is connected without a way back opens to nobody before its application approves it", async () => {
    const user = nextUser();
    const { connection } = await connectByMail(user, subject);
    expect((await shop.backEnd.send(String(connection))).json).toMatchObject({ status: "pending", user: { id: user } });
    for (const key of [keys.shop, keys.reader])
      expect(told(await createBackEnd(world.url, key).token(connection))).toEqual([409, "connection_pending"]);
    expect(told(await post(keys.other, connection, "approve"))).toEqual([404, "connection_unknown"]);
    expect(told(await post(keys.reader, connection, "approve"))).toEqual([403, "right_missing"]);
    if (subject.id !== "calendly")
      expect(told(await post(keys.calendly, connection, "approve"))).toEqual([404, "connection_unknown"]);
    expect(told(await shop.backEnd.token(connection))).toEqual([409, "connection_pending"]);
    expect((await post(keys.shop, connection, "approve")).json).toMatchObject({ status: "active" });
    expect((await shop.backEnd.token(connection)).status).toBe(200);
  });
});

describe("an account that waits for its approval", () => {
  test("111. an account that nobody approves ends with its grant after a day, and the same account of another user stays", async () => {
    const [user, neighbour] = [nextUser(), nextUser()];
    const { connection } = await connectByMail(user);
    const kept = await connectFor(neighbour);
    const calendly = await connectByMail(nextUser(), getSubject("calendly"));
    const before = await world.control.listRefreshableGrants("calendly");
    await world.sql("update connection set pending_until = now() - interval '1 second' where id = any($1)", [
      [connection, calendly.connection],
    ]);
    expect(told(await shop.backEnd.token(connection))[0]).toBeGreaterThanOrEqual(400);
    expect(told(await post(keys.shop, connection, "approve"))).toEqual([404, "connection_unknown"]);
    await world.sql("select patchbay_worker.add_job('purge')");
    await eventually(async () => {
      expect((await shop.backEnd.send(String(connection))).status).toBe(404);
      expect((await world.control.listRefreshableGrants("calendly")).length).toBe(before.length - 1);
    });
    expect((await shop.backEnd.token(kept)).status).toBe(200);
  });

  test("111. a second link without a way back does not approve an account, and a completion for its user does", async () => {
    const user = nextUser();
    const { connection } = await connectByMail(user);
    expect((await connectByMail(user)).connection).toBe(connection);
    expect(told(await shop.backEnd.token(connection))).toEqual([409, "connection_pending"]);
    expect(await connectFor(user)).toBe(connection);
    expect((await shop.backEnd.token(connection)).status).toBe(200);
    // What the product has once seen stays good.
    await connectByMail(user);
    expect((await shop.backEnd.token(connection)).status).toBe(200);
  });
});

describe("a link to reconnect", () => {
  const getToken = async (connection: number) => (await shop.backEnd.token(connection)).json["accessToken"];

  test("110. a reconnect with another account is refused at the completion, and the stored credential stays as it was", async () => {
    const user = nextUser();
    const connection = await connectFor(user);
    const token = await getToken(connection);
    expect(token).toEqual(expect.any(String));
    const visit = await openVisit(world, shop, { user, connection });
    const returned = await returnFrom(visit, { ...zoom, person: zoom.other });
    expect(told(await shop.complete(returned.session, returned.code, user))).toEqual([409, "account_mismatch"]);
    expect(await getToken(connection)).toBe(token);
    expect((await shop.backEnd.list(user)).json).toMatchObject({ connections: [{ id: connection, status: "active" }] });
    await eventually(async () => {
      const grants = (await world.control.listGrants({ provider: "zoom" })) as { person?: string }[];
      expect(grants.filter(({ person }) => person === zoom.other)).toEqual([]);
    });
    const other = (await openVisit(world, shop, { user, connection })).browser;
    expect(failureIn(await other.get(inVisit("/api/v1/channels/stripe/auth")))).toBe("provider_unknown");
  });

  test("110. a link to reconnect is gone with its connection: unopened, opened, or on its way back", async () => {
    const user = nextUser();
    const connection = await connectFor(user);
    const unopened = await shop.create(user, { connection });
    const opened = await openVisit(world, shop, { user, connection });
    const returned = await returnFrom(await openVisit(world, shop, { user, connection }), zoom);
    const spent = await exchanges(world, zoom);
    expect((await shop.backEnd.send(String(connection), { method: "DELETE" })).status).toBe(200);
    expect(told(await openLink(world.browser(), unopened))).toEqual([404, "connect_session_unknown"]);
    expect((await opened.browser.get(inVisit("/api/v1/channels/"))).status).toBe(401);
    expect(told(await shop.complete(returned.session, returned.code, user))).toEqual([404, "attempt_unknown"]);
    expect(await exchanges(world, zoom)).toBe(spent);
    expect(told(await shop.ask({ user: { id: user }, connection }))).toEqual([404, "connection_unknown"]);
  });

  test("110. a visit that has run out lists, begins and returns nothing", async () => {
    const { session, browser } = await openVisit(world, shop, { user: nextUser() });
    const back = await decide(await beginInVisit(browser, zoom), "allow", zoom.person);
    await world.sql("update connect_session set expires_at = now() - interval '1 second' where id = $1", [session.id]);
    await world.sql("update session set expires_at = now() - interval '1 second' where connect_session_id = $1", [
      session.id,
    ]);
    expect(told(await openLink(browser, session))).toEqual([404, "connect_session_unknown"]);
    for (const path of ["/api/v1/channels/", "/api/v1/channels/zoom/auth", "/api/trpc/connectSession.get"])
      expect([path, (await browser.get(inVisit(path))).status]).toEqual([path, 401]);
    expect(failureIn(await browser.get(back))).toBe("invalid_state");
    expect((await shop.state(session)).json["status"]).toBe("expired");
  });
});

describe("an erasure", () => {
  test("112. an erasure takes the user of its own application alone, and leaves an account that another user shares", async () => {
    const [user, neighbour] = [nextUser(), nextUser()];
    const [gone, kept] = [await connectFor(user), await connectFor(neighbour)];
    const foreign = await connectFor(user, zoom, other);
    const receipts = (await erase(shop, user)).json["receipts"];
    expect(receipts).toMatchObject([{ id: gone, revocations: [{ outcome: "shared" }] }]);
    expect((await shop.backEnd.token(kept)).status).toBe(200);
    expect((await other.backEnd.token(foreign)).status).toBe(200);
    expect((await other.backEnd.list(user)).json).toMatchObject({ connections: [{ id: foreign, status: "active" }] });
    expect((await shop.backEnd.list(user)).json).toMatchObject({ connections: [] });
  });

  test("112. an erasure ends the links, the visits and the connect codes of the user", async () => {
    const user = nextUser();
    const link = await shop.create(user);
    const { browser } = await openVisit(world, shop, { user });
    const returned = await returnFrom(await openVisit(world, shop, { user }), zoom);
    const spent = await exchanges(world, zoom);
    expect((await erase(shop, user)).status).toBe(200);
    expect(told(await openLink(world.browser(), link))).toEqual([404, "connect_session_unknown"]);
    expect((await browser.get(inVisit("/api/v1/channels/"))).status).toBe(401);
    expect(told(await shop.complete(returned.session, returned.code, user))).toEqual([404, "attempt_unknown"]);
    expect(failureIn(await returned.browser.get(returned.back))).toBe("invalid_state");
    expect(await exchanges(world, zoom)).toBe(spent);
  });

  test("112. an erasure that meets a return or a refused completion at the same row waits for it, and none is a 5xx", async () => {
    for (let turn = 0; turn < 4; turn += 1) {
      const user = nextUser();
      const returned = await returnFrom(await openVisit(world, shop, { user }), zoom);
      const wrong = async () => (await shop.complete(returned.session, returned.code, nextUser())).status;
      const again = async () => (await returned.browser.get(returned.back)).status;
      const acts = [wrong, again, async () => (await erase(shop, user)).status];
      const lock = "select from attempt for update";
      const statuses = await inTheSameMoment(world, lock, turn % 2 === 0 ? acts : acts.toReversed());
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
      expect(await world.sql(`select from "user" where external_id = $1`, [user])).toEqual([]);
    }
  });

  test("112. an erasure and a completion at once leave no user, no connection and no grant behind", async () => {
    const calendly = getSubject("calendly");
    const before = (await world.control.listRefreshableGrants("calendly")).length;
    for (let turn = 0; turn < 8; turn += 1) {
      const user = nextUser();
      const returned = await returnFrom(await openVisit(world, shop, { user }), calendly);
      const complete = () => shop.complete(returned.session, returned.code, user);
      const acts = turn % 2 === 0 ? [complete(), erase(shop, user)] : [erase(shop, user), complete()];
      const answers = await Promise.all(acts);
      for (const { status } of answers) expect(status).toBeLessThan(500);
      expect(await world.sql(`select from "user" where external_id = $1`, [user])).toEqual([]);
      expect((await shop.backEnd.list(user)).json).toMatchObject({ connections: [] });
    }
    await eventually(async () => expect((await world.control.listRefreshableGrants("calendly")).length).toBe(before));
  });
});
