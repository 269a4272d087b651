import { expect, test } from "vitest";
import { entryWithRights, newKey } from "../harness/back-end.ts";
import { openWorld } from "../harness/open-world.ts";
import { eventually, hurry, inTheSameMoment } from "../harness/probe.ts";
import { getSubject } from "../harness/subjects.ts";
import {
  beginInVisit,
  createProduct,
  inVisit,
  logInToTelegram,
  openVisit,
  productUrl,
  returnFrom,
} from "../harness/visit.ts";
import { decide } from "../harness/walk.ts";

const keys = { shop: newKey(), plain: newKey() };
const access = {
  rights: ["read", "token", "connect", "manage"],
  providers: ["calendly", "paypal", "shopify", "stripe", "telegram", "zoom"],
};
const world = await openWorld({
  telegram: true,
  env: {
    SERVICE_KEYS: [
      entryWithRights("shop.backend", keys.shop, access),
      entryWithRights("plain", keys.plain, access),
    ].join(),
    CONNECT_RETURN_URLS: productUrl,
  },
});
const [product, plain] = [createProduct(world, keys.shop), createProduct(world, keys.plain)];
const [zoom, calendly] = [getSubject("zoom"), getSubject("calendly")];
const lena = "+12025550101";
const telegramPath = "/api/v1/channels/telegram/connect";

/** Lets every attempt run out, and purges. */
async function purgeNow(): Promise<void> {
  await world.sql("update attempt set expires_at = now() - interval '2 minutes'");
  await world.sql("select patchbay_worker.add_job('purge')");
  await hurry(world);
}
const countAttempts = async (): Promise<string | undefined> =>
  (await world.sql<{ count: string }>("select count(*) from attempt"))[0]?.count;

test("107. a connection that is made while its user is erased is never one of another application", async () => {
  const before = await returnFrom(await openVisit(world, product, { user: "erased" }), calendly);
  await product.complete(before.session, before.code, "erased");
  const late = await returnFrom(await openVisit(world, product, { user: "erased" }), zoom);
  await world.control.failRequests({ ...zoom.token, delayMs: 1000 });
  await world.control.failRequests({ ...calendly.revocation, delayMs: 3000 });
  const completing = product.complete(late.session, late.code, "erased");
  await eventually(async () => expect(await world.sql("select from attempt where status = 'claimed'")).toHaveLength(1));
  const erasing = product.backEnd.send("/api/v1/users/erased", { method: "DELETE" });
  await completing;
  const made = await world.sql<{ id: string; application: string }>("select id, application from connection");
  for (const { id, application } of made) {
    expect(application).toBe("shop");
    expect((await plain.backEnd.token(id)).json).toMatchObject({ code: "connection_unknown" });
  }
  expect((await erasing).status).toBe(200);
  expect(await world.sql("select from connection")).toEqual([]);
}, 30_000);

test("101. a finished login that nobody completes is logged out, however often Telegram does not answer", async () => {
  const before = await world.control.countSessions(lena);
  const { browser } = await openVisit(world, product, { user: "unclaimed", providers: ["telegram"] });
  await logInToTelegram(world, browser, lena);
  expect(await world.control.countSessions(lena)).toBe(before + 1);
  await world.control.failRequests({ host: "telegram", path: "auth.logOut", times: 20, status: 500 });
  await purgeNow();
  await eventually(async () => expect(await countAttempts()).toBe("0"));
  await world.control.cancelFailures({ host: "telegram" });
  await eventually(async () => {
    await hurry(world);
    expect(await world.control.countSessions(lena)).toBe(before);
  });
}, 30_000);

test.each(["code=x", "error=access_denied"])(
  "102. a callback with %s takes nothing from a finished login",
  async (query) => {
    const visit = await openVisit(world, product, { user: "called back", providers: ["telegram"] });
    const { sessionId } = (await visit.browser.post(inVisit(`${telegramPath}/phone`), { phoneNumber: lena })).json;
    const [code] = await world.control.listCodes(lena);
    const { json } = await visit.browser.post(inVisit(`${telegramPath}/verify-code`), { sessionId, code });
    await visit.browser.get(`/api/v1/channels/telegram/callback?state=${String(sessionId)}&${query}`);
    await visit.browser.get(`/api/v1/channels/zoom/callback?state=${String(sessionId)}&${query}`);
    const connectCode = new URL(String(json["returnUrl"])).searchParams.get("connect_code") ?? "";
    expect((await product.complete(visit.session, connectCode, "called back")).status).toBe(200);
  },
  30_000,
);

test("100. a disconnect and the completion of a reconnect do not lock each other out", async () => {
  for (let turn = 0; turn < 4; turn += 1) {
    const user = `reconnecting ${turn}`;
    const one = await returnFrom(await openVisit(world, product, { user }), zoom);
    const { id } = (await product.complete(one.session, one.code, user)).json["connection"] as { id: number };
    const two = await returnFrom(await openVisit(world, product, { user, connection: id }), zoom);
    const remove = () => product.backEnd.send(`/api/v1/connections/${id}`, { method: "DELETE" });
    const complete = () => product.complete(two.session, two.code, user);
    const answers = await inTheSameMoment(world, "select from credential for update", [remove, complete]);
    expect(answers[0]?.status).toBe(200);
    expect(answers.map(({ json }) => json["code"])).not.toContain("internal");
  }
}, 60_000);

test("101. a login step that is under way when its session is cancelled connects nothing", async () => {
  const before = await world.control.countSessions(lena);
  const visit = await openVisit(world, product, { user: "cancelled", providers: ["telegram"] });
  const { sessionId } = (await visit.browser.post(inVisit(`${telegramPath}/phone`), { phoneNumber: lena })).json;
  const [code] = await world.control.listCodes(lena);
  await world.control.failRequests({ host: "telegram", path: "auth.signIn", delayMs: 1500 });
  const login = visit.browser.post(inVisit(`${telegramPath}/verify-code`), { sessionId, code });
  await eventually(async () => expect(await world.sql("select from attempt where status = 'claimed'")).toHaveLength(1));
  await product.cancel(visit.session);
  expect((await login).json["returnUrl"]).toBeUndefined();
  expect((await product.state(visit.session)).json).toMatchObject({ status: "failed", failure: "session_cancelled" });
  await eventually(async () => {
    await hurry(world);
    expect(await world.control.countSessions(lena)).toBe(before);
  });
}, 30_000);

test("a session that has connected an account says so, whatever else fails or is cancelled in it", async () => {
  const visit = await openVisit(world, product, { user: "connected" });
  const older = await beginInVisit(visit.browser, zoom);
  const newer = await returnFrom(visit, getSubject("stripe"));
  await product.complete(newer.session, newer.code, "connected");
  await visit.browser.get(await decide(older, "deny", zoom.person));
  expect((await product.state(visit.session)).json).toMatchObject({ status: "connected", failure: null });
  await beginInVisit(visit.browser, calendly);
  expect((await product.cancel(visit.session)).json).toMatchObject({ status: "connected" });
  expect((await product.state(visit.session)).json).toMatchObject({ status: "connected" });
});

test.each(["paypal", "zoom"] as const)(
  "99. the return from %s that comes again after the completion leads to the same connection",
  async (provider) => {
    const user = `twice from ${provider}`;
    const returned = await returnFrom(await openVisit(world, product, { user }), getSubject(provider));
    const first = await product.complete(returned.session, returned.code, user);
    const again = (await returned.browser.get(returned.back)).location?.searchParams.get("connect_code") ?? "";
    expect(await product.complete(returned.session, again, user)).toMatchObject({ status: 200, json: first.json });
  },
);

test("a second connect takes the tenant and the tags of its session in place of the first one's", async () => {
  const tagsOf = (prefix: string) => Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`${prefix}${n}`, "x"]));
  const connectWith = async (more: Record<string, unknown>) => {
    const { session, code } = await returnFrom(await openVisit(world, product, { user: "tenant", ...more }), zoom);
    return (await product.complete(session, code, "tenant")).json["connection"];
  };
  await connectWith({ tenant: { id: "acme", name: "Acme" }, tags: tagsOf("a") });
  const second = await connectWith({ tenant: { id: "globex" }, tags: tagsOf("b") });
  expect(second).toMatchObject({ tenant: { id: "globex", name: null }, tags: tagsOf("b") });
  expect(await connectWith({})).toMatchObject({ tenant: { id: "globex", name: null }, tags: tagsOf("b") });
});
