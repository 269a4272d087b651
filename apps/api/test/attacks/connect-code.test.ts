import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { entryWithRights, newKey, type Said } from "../harness/back-end.ts";
import { openWorld } from "../harness/open-world.ts";
import {
  age,
  attemptOf,
  exchanges,
  failureIn,
  hurry,
  inTheSameMoment,
  eventually,
  newSecret,
} from "../harness/probe.ts";
import { getSubject, subjects } from "../harness/subjects.ts";
import {
  createProduct,
  inVisit,
  logInToTelegram,
  openVisit,
  productUrl,
  returnFrom,
  type Returned,
} from "../harness/visit.ts";
import { bodyOf } from "../harness/walk.ts";

const keys = { shop: newKey(), reader: newKey(), zoomOnly: newKey(), other: newKey() };
const providers = ["calendly", "paypal", "shopify", "stripe", "telegram", "zoom"];
const rights = ["read", "token", "connect", "manage"];
const world = await openWorld({
  telegram: true,
  env: {
    SERVICE_KEYS: [
      entryWithRights("shop.backend", keys.shop, { rights, providers }),
      entryWithRights("shop.reader", keys.reader, { rights: ["read", "token", "manage"], providers }),
      entryWithRights("shop.zoom", keys.zoomOnly, { rights, providers: ["zoom"] }),
      entryWithRights("other.backend", keys.other, { rights, providers }),
    ].join(","),
    CONNECT_RETURN_URLS: productUrl,
  },
});
const shop = createProduct(world, keys.shop);
const other = createProduct(world, keys.other);
const [calendly, zoom] = [getSubject("calendly"), getSubject("zoom")];
const lena = "+12025550101";

let count = 0;
const nextUser = (): string => `usr_${(count += 1)}`;

type Brought = Returned & { user: string };

/** A user of the shop who has come back to it. */
async function comeBackToShop(subject = zoom, more: Record<string, unknown> = {}): Promise<Brought> {
  const user = nextUser();
  return { user, ...(await returnFrom(await openVisit(world, shop, { user, ...more }), subject)) };
}

const told = ({ status, json }: Said): unknown[] => [status, json["code"]];
const complete = ({ session, code, user }: Brought): Promise<Said> => shop.complete(session, code, user);

describe.each(subjects)("at $id", (subject) => {
  test("101. a completion for another user exchanges nothing, and burns the code for the right one too", async () => {
    const came = await comeBackToShop(subject);
    const spent = await exchanges(world, subject);
    const grants = await world.control.listGrants({ provider: subject.id });
    expect(told(await complete({ ...came, user: nextUser() }))).toEqual([409, "user_mismatch"]);
    expect(told(await complete(came))).toEqual([409, "user_mismatch"]);
    expect(await exchanges(world, subject)).toBe(spent);
    expect(await world.control.listGrants({ provider: subject.id })).toEqual(grants);
    expect(await attemptOf(world, came.state)).toMatchObject({
      status: "failed",
      provider_state: null,
      authorization_response: null,
    });
    expect((await shop.state(came.session)).json).toMatchObject({ status: "failed", failure: "user_mismatch" });
  });

  test("99. a completion after two minutes, and one after a cancel, exchange nothing", async () => {
    const [late, cancelled] = [await comeBackToShop(subject), await comeBackToShop(subject)];
    const spent = await exchanges(world, subject);
    await age(world, late.state, "ticket_until = now() - interval '1 second'");
    expect((await shop.cancel(cancelled.session)).json).toMatchObject({ failure: "session_cancelled" });
    expect(told(await complete(late))).toEqual([404, "attempt_unknown"]);
    expect(told(await complete(cancelled))).toEqual([409, "session_cancelled"]);
    expect(await exchanges(world, subject)).toBe(spent);
  });

  test("99. fifty completions at once lead to one exchange, and one answer to all", async () => {
    const came = await comeBackToShop(subject);
    const spent = await exchanges(world, subject);
    await world.control.failRequests({ ...subject.token, delayMs: 300 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => complete(came)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(await exchanges(world, subject)).toBe(spent + 1);
    expect((await world.control.getSummary(subject.id)).maxUsesOfOneCode).toBe(1);
  });

  test("99. the provider's own code, and what our page would post, complete nothing in place of the back end", async () => {
    const came = await comeBackToShop(subject);
    const { browser, back, state, code } = came;
    const spent = await exchanges(world, subject);
    const raw = back.searchParams.get("code") ?? "";
    expect(told(await complete({ ...came, code: raw }))).toEqual([404, "attempt_unknown"]);
    const landing = new URL(back);
    for (const value of [code, raw]) {
      for (const name of Object.values(subject.connectBody))
        if (name !== "state" && name !== "shop") landing.searchParams.set(name, value);
      const posted = await browser.post(inVisit(`/api/v1/channels/${subject.id}/connect`), bodyOf(subject, landing));
      // A return that finishes by itself leaves the page nothing to post, so that its body may be refused before.
      expect([posted.status, failureIn(posted)]).toEqual(
        subject.finishesOnReturn ? [422, "invalid_request"] : [404, "attempt_unknown"],
      );
      const finish = { provider: subject.id, ticket: value, state };
      const called = await browser.post(inVisit("/api/trpc/connect.finish"), finish);
      expect([called.status, called.text]).toEqual([404, expect.stringContaining("attempt_unknown")]);
    }
    expect(await exchanges(world, subject)).toBe(spent);
    expect((await complete(came)).status).toBe(200);
  });
});

describe("a connect code", () => {
  test("99. a code that has failed fails again, without a second exchange", async () => {
    const came = await comeBackToShop();
    await world.control.failRequests({ ...zoom.token, status: 400, body: { error: "invalid_grant", reason: "no" } });
    expect(told(await complete(came))).toEqual([400, "grant_rejected"]);
    const spent = await exchanges(world, zoom);
    expect(told(await complete(came))).toEqual([400, "grant_rejected"]);
    expect(await exchanges(world, zoom)).toBe(spent);
  });

  test("99. a code that is of another session, another application, or guessed, is unknown, and stays good for its own", async () => {
    const [came, neighbour] = [await comeBackToShop(), await comeBackToShop()];
    const theirs = await openVisit(world, other, { user: came.user });
    const returned = await returnFrom(theirs, zoom);
    const spent = await exchanges(world, zoom);
    const attacks = {
      "the code of another session": shop.complete(neighbour.session, came.code, came.user),
      "the code of another session, as its user": shop.complete(neighbour.session, came.code, neighbour.user),
      "another application's key": other.complete(came.session, came.code, came.user),
      "another application's code": shop.complete(came.session, returned.code, came.user),
      "another application's session": other.complete(theirs.session, came.code, came.user),
      "a guessed code": shop.complete(came.session, newSecret(), came.user),
      "a part of the code": shop.complete(came.session, came.code.slice(0, -1), came.user),
      "the code in capitals": shop.complete(came.session, came.code.toUpperCase(), came.user),
      "the code with more": shop.complete(came.session, `${came.code}=`, came.user),
      "the link's token": shop.complete(came.session, came.session.token.slice(5), came.user),
      "the state": shop.complete(came.session, came.state, came.user),
      "no session": shop.complete({ id: `cs_${randomBytes(20).toString("hex")}` }, came.code, came.user),
    };
    for (const [what, attack] of Object.entries(attacks))
      expect([what, ...told(await attack)]).toEqual([what, 404, "attempt_unknown"]);
    expect(await exchanges(world, zoom)).toBe(spent);
    for (const one of [came, neighbour]) expect((await complete(one)).json).toMatchObject({ created: true });
    expect((await other.complete(theirs.session, returned.code, came.user)).status).toBe(200);
  });

  test("99. a key without the right, and a key that does not see the provider, complete nothing", async () => {
    const came = await comeBackToShop(calendly);
    const spent = await exchanges(world, calendly);
    const [reader, zoomOnly] = [createProduct(world, keys.reader), createProduct(world, keys.zoomOnly)];
    expect(told(await reader.complete(came.session, came.code, came.user))).toEqual([403, "right_missing"]);
    for (const user of [came.user, nextUser()])
      expect(told(await zoomOnly.complete(came.session, came.code, user))).toEqual([404, "attempt_unknown"]);
    expect(await exchanges(world, calendly)).toBe(spent);
    expect((await complete(came)).status).toBe(200);
  });

  test("99. a browser completes nothing, even with a service key", async () => {
    const { session, code, user } = await comeBackToShop();
    const spent = await exchanges(world, zoom);
    const body = JSON.stringify({ connectCode: code, user });
    for (const origin of [world.url, new URL(productUrl).origin]) {
      const headers = { "content-type": "application/json", origin };
      const path = `/api/v1/connect/sessions/${session.id}/complete`;
      const answer = await shop.backEnd.send(path, { method: "POST", headers, body });
      expect(told(answer)).toEqual([403, "origin_refused"]);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
    expect(await exchanges(world, zoom)).toBe(spent);
  });

  test("100. a completion and a cancel at once lead to one outcome: the account is connected, or nothing is exchanged", async () => {
    const outcomes = new Set<unknown>();
    for (let turn = 0; turn < 12; turn += 1) {
      const came = await comeBackToShop();
      const spent = await exchanges(world, zoom);
      const cancel = () => shop.cancel(came.session);
      const acts = turn % 2 === 0 ? [complete(came), cancel()] : [cancel(), complete(came)];
      const [one, two] = await Promise.all(acts);
      const completed = turn % 2 === 0 ? one : two;
      const state = (await shop.state(came.session)).json;
      outcomes.add(completed?.status);
      if (completed?.status === 200) {
        expect(await exchanges(world, zoom)).toBe(spent + 1);
        expect(state).toMatchObject({ status: "connected", failure: null });
      } else {
        expect(told(completed ?? expect.fail())).toEqual([409, "session_cancelled"]);
        expect(await exchanges(world, zoom)).toBe(spent);
        expect(state).toMatchObject({ status: "failed", failure: "session_cancelled", connection: null });
      }
    }
    expect(outcomes.size).toBeGreaterThan(0);
  });

  test("100. a cancel that meets a return, a refusal or a completion at the same row waits for it, and none is a 5xx", async () => {
    const lock = "select from attempt for update";
    for (let turn = 0; turn < 6; turn += 1) {
      const came = await comeBackToShop();
      const cancel = async () => (await shop.cancel(came.session)).status;
      const wrong = async () => (await complete({ ...came, user: nextUser() })).status;
      const again = async () => (await came.browser.get(came.back)).status;
      const acts = [wrong, again, cancel];
      const statuses = await inTheSameMoment(world, lock, turn % 2 === 0 ? acts : acts.toReversed());
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
      expect((await shop.state(came.session)).json["status"]).toBe("failed");
    }
  });

  test("100. a completion for the right user and one for another at once lead to one exchange or none, and never to a half", async () => {
    for (let turn = 0; turn < 8; turn += 1) {
      const came = await comeBackToShop();
      const spent = await exchanges(world, zoom);
      const wrong = { ...came, user: nextUser() };
      const acts = turn % 2 === 0 ? [complete(came), complete(wrong)] : [complete(wrong), complete(came)];
      const answers = await Promise.all(acts);
      const [right, mismatch] = turn % 2 === 0 ? answers : answers.toReversed();
      expect(told(mismatch ?? expect.fail())).toEqual([409, "user_mismatch"]);
      expect([200, 409]).toContain(right?.status);
      expect(await exchanges(world, zoom)).toBe(spent + (right?.status === 200 ? 1 : 0));
    }
  });
});

describe("a finished Telegram login that waits for its completion", () => {
  const logIn = async () => {
    const user = nextUser();
    const visit = await openVisit(world, shop, { user, providers: ["telegram"] });
    const before = await world.control.countSessions(lena);
    return { ...visit, user, before, code: await logInToTelegram(world, visit.browser, lena) };
  };
  const loggedOut = (before: number) =>
    eventually(async () => expect(await world.control.countSessions(lena)).toBe(before));

  test("101. a login of another user is logged out, and nobody gets its session", async () => {
    const { session, code, user, before } = await logIn();
    expect(told(await shop.complete(session, code, nextUser()))).toEqual([409, "user_mismatch"]);
    expect(told(await shop.complete(session, code, user))).toEqual([409, "user_mismatch"]);
    await loggedOut(before);
    expect(await world.sql("select from connection where provider = 'telegram'")).toEqual([]);
  });

  test.each(["cancelled", "never completed", "of a user who is erased"])(
    "101. a login that is %s is logged out, and no code completes it",
    async (what) => {
      const { session, code, user, before } = await logIn();
      expect(await world.control.countSessions(lena)).toBe(before + 1);
      if (what === "cancelled") await shop.cancel(session);
      if (what === "of a user who is erased")
        expect((await shop.backEnd.send(`/api/v1/users/${user}`, { method: "DELETE" })).status).toBe(200);
      await world.sql(
        `update attempt set expires_at = now() - interval '2 minutes', ticket_until = now() - interval '1 second'
         where provider = 'telegram'`,
      );
      expect((await shop.complete(session, code, user)).status).toBeGreaterThanOrEqual(404);
      await world.sql("select patchbay_worker.add_job('purge')");
      await hurry(world);
      await loggedOut(before);
      expect(await world.sql("select from connection where provider = 'telegram'")).toEqual([]);
    },
  );
});
