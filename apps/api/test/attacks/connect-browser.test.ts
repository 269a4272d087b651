import { describe, expect, test } from "vitest";
import { nameCookies } from "../../src/http/cookies.ts";
import { entryWithRights, newKey, type Said } from "../harness/back-end.ts";
import type { Answer, Browser } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
import { exchanges, failureIn, newcomer, newSecret, sessionCookie, signedToken } from "../harness/probe.ts";
import { getSubject } from "../harness/subjects.ts";
import {
  beginInVisit,
  connectInVisit,
  createProduct,
  inVisit,
  listInVisit,
  openLink,
  openVisit,
  productUrl,
  returnFrom,
} from "../harness/visit.ts";
import { begin, bodyOf, connect, decide, list } from "../harness/walk.ts";

const key = newKey();
const world = await openWorld({
  telegram: true,
  env: {
    SERVICE_KEYS: entryWithRights("shop.backend", key, { rights: ["read", "token", "connect", "manage"] }),
    CONNECT_RETURN_URLS: productUrl,
  },
});
const product = createProduct(world, key);
const [zoom, stripe] = [getSubject("zoom"), getSubject("stripe")];
const { connect: connectCookie, browser: browserCookie } = nameCookies(world.config.publicUrl);

let count = 0;
const nextUser = (): string => `usr_${(count += 1)}`;
const told = ({ status, json }: Answer | Said): unknown[] => [status, json["code"]];
const connectFor = (user: string, subject = zoom) => connectInVisit(world, product, { user, subject });

const calls = [
  { path: "/api/v1/channels/" },
  { path: "/api/v1/channels/zoom/auth" },
  { path: "/api/v1/channels/zoom/connect", body: { zoom_code: newSecret(), authCode: newSecret() } },
  { path: "/api/v1/channels/zoom/disconnect", body: { accountId: 1 } },
  { path: "/api/v1/channels/telegram/connect/phone", body: { phoneNumber: "+12025550101" } },
  { path: "/api/v1/channels/telegram/connect/qr", body: {} },
  { path: "/api/trpc/connections.list" },
  { path: "/api/trpc/connections.disconnect", body: { id: 1 } },
  { path: "/api/trpc/connect.begin", body: { provider: "zoom" } },
  { path: "/api/trpc/connectSession.get" },
] as const;

async function callAll(browser: Browser, inAddress: (path: string) => string, headers?: Record<string, string>) {
  const answers = calls.map(async (call) => {
    const path = inAddress(call.path);
    return "body" in call ? await browser.post(path, call.body, headers) : await browser.get(path, headers);
  });
  return (await Promise.all(answers)).map(({ status }, at) => [calls[at]?.path, status]);
}

const allRefused = calls.map(({ path }) => [path, 401]);

describe("a sign-in and a visit in one browser", () => {
  test("104. the cookie of a visit is no sign-in, under no name and in no header", async () => {
    const { browser } = await openVisit(world, product, { user: nextUser() });
    const secret = browser.cookies.get(connectCookie) ?? expect.fail();
    const [{ token } = expect.fail()] = await world.sql<{ token: string }>(
      "select token from session where connect_session_id is not null order by created_at desc limit 1",
    );
    const forged = signedToken(token, "another secret than ours, but as long");
    expect(await callAll(browser, (path) => path)).toEqual(allRefused);
    for (const value of [secret, token, `${secret}.${secret}`, forged, encodeURIComponent(forged)]) {
      const disguised = browser.copy();
      disguised.cookies.set(sessionCookie(world), value);
      expect(await callAll(disguised, (path) => path)).toEqual(allRefused);
      const bearer = { authorization: `Bearer ${value}` };
      expect(await callAll(world.browser(), (path) => path, bearer)).toEqual(allRefused);
      const { result } = (await disguised.get("/api/trpc/session.get")).json as { result: { data: unknown } };
      expect(result.data).toMatchObject({ user: null });
    }
  });

  test("104. a sign-in is no visit: not by its own cookie, under the visit's name, nor as a Bearer", async () => {
    const browser = await newcomer(world);
    const signed = browser.cookies.get(sessionCookie(world)) ?? expect.fail();
    expect(await callAll(browser, inVisit)).toEqual(allRefused);
    expect((await browser.get("/api/trpc/connectSession.get")).status).toBe(401);
    for (const value of [signed, decodeURIComponent(signed), decodeURIComponent(signed).split(".")[0] ?? ""]) {
      const disguised = browser.copy();
      disguised.cookies.set(connectCookie, value).set(browserCookie, newSecret());
      expect(await callAll(disguised, inVisit)).toEqual(allRefused);
      expect(await callAll(world.browser(), inVisit, { authorization: `Bearer ${value}` })).toEqual(allRefused);
    }
  });

  test("104. each sees its own accounts, and ends or renews none of the other's", async () => {
    const user = nextUser();
    const theirs = await connectFor(user);
    const browser = await newcomer(world);
    const own = await connect(browser, stripe);
    await openLink(browser, await product.create(user));
    expect(await list(browser)).toMatchObject([{ id: own.id }]);
    expect(await listInVisit(browser)).toMatchObject([{ id: theirs }]);
    const unknown = [404, "connection_unknown"];
    const path = (provider: string) => `/api/v1/channels/${provider}/disconnect`;
    expect(told(await browser.post(path("zoom"), { accountId: theirs }))).toEqual(unknown);
    expect(told(await browser.post(inVisit(path("stripe")), { accountId: own.id }))).toEqual(unknown);
    for (const [address, id] of [
      [(text: string) => text, theirs],
      [inVisit, own.id],
    ] as const) {
      const ended = await browser.post(address("/api/trpc/connections.disconnect"), { id });
      expect([ended.status, ended.text]).toEqual([404, expect.stringContaining("connection_unknown")]);
      for (const provider of ["zoom", "stripe"])
        expect(failureIn(await browser.get(address(`/api/v1/channels/${provider}/auth?connection=${id}`)))).toBe(
          "connection_unknown",
        );
    }
    expect(await list(browser)).toMatchObject([{ id: own.id, status: "active" }]);
    expect(await listInVisit(browser)).toMatchObject([{ id: theirs, status: "active" }]);
  });

  test("104. a visit signs nobody out, changes no password and erases nobody", async () => {
    const account = world.browser();
    const { email, password } = await account.signUp();
    const { browser, session } = await openVisit(world, product, { user: nextUser() });
    const changed = { currentPassword: password, newPassword: "another horse" };
    for (const [path, body] of [
      ["/api/auth/change-password", changed],
      ["/api/auth/sign-out", {}],
      ["/api/trpc/session.erase", { password }],
    ] as const)
      for (const address of [path, inVisit(path)]) {
        const { status, headers } = await browser.post(address, body);
        expect([address, status < 500, headers.getSetCookie().join().includes(connectCookie)]).toEqual([
          address,
          true,
          false,
        ]);
        if (path !== "/api/auth/sign-out") expect([address, status]).toEqual([address, expect.toBeOneOf([401, 404])]);
      }
    expect((await browser.get(inVisit("/api/trpc/connectSession.get"))).text).toContain(session.id);
    expect((await world.browser().post("/api/auth/sign-in/email", { email, password })).status).toBe(200);
    const [{ users } = expect.fail()] = await world.sql<{ users: string }>(
      `select count(*) as users from "user" where external_id = $1`,
      [`usr_${count}`],
    );
    expect(users).toBe("1");
  });
});

describe("between the start and the return", () => {
  test("103. a visit that another user's visit replaces in the same browser is not finished, and the other one is undisturbed", async () => {
    const [ada, ben] = [nextUser(), nextUser()];
    const { session: first, browser } = await openVisit(world, product, { user: ada });
    const back = await decide(await beginInVisit(browser, zoom), "allow", zoom.person);
    const second = await product.create(ben);
    expect((await openLink(browser, second)).status).toBe(200);
    const spent = await exchanges(world, zoom);
    const answer = await browser.get(back);
    expect([answer.location?.origin, answer.location?.pathname, failureIn(answer)]).toEqual([
      world.url,
      "/connect",
      "invalid_state",
    ]);
    expect((await product.state(first)).json["status"]).toBe("opened");
    expect((await product.state(second)).json["status"]).toBe("opened");
    expect(await exchanges(world, zoom)).toBe(spent);
    const { code } = await returnFrom({ session: second, browser }, zoom);
    expect(told(await product.complete(first, code, ada))).toEqual([404, "attempt_unknown"]);
    expect((await product.complete(second, code, ben)).json).toMatchObject({ connection: { user: { id: ben } } });
    expect((await product.backEnd.list(ada)).json).toMatchObject({ connections: [] });
  });

  test("103. a return comes back to who began it, whoever signs in or opens a link in that browser meanwhile", async () => {
    const user = nextUser();
    const { session, browser } = await openVisit(world, product, { user });
    const back = await decide(await beginInVisit(browser, zoom), "allow", zoom.person);
    const account = await newcomer(world);
    browser.cookies.set(sessionCookie(world), account.cookies.get(sessionCookie(world)) ?? "");
    const own = await decide(await begin(browser, stripe), "allow", stripe.person);
    const returned = await browser.get(back);
    expect([returned.location?.href.startsWith(productUrl), failureIn(returned)]).toEqual([true, null]);
    const landed = await browser.get(own);
    expect([landed.location?.origin, landed.location?.pathname]).toEqual([world.url, "/integrations"]);
    const posted = bodyOf(stripe, landed.location ?? expect.fail());
    expect(told(await browser.post(inVisit("/api/v1/channels/stripe/connect"), posted))).toEqual([
      404,
      "attempt_unknown",
    ]);
    expect((await browser.post("/api/v1/channels/stripe/connect", posted)).status).toBe(200);
    const code = returned.location?.searchParams.get("connect_code") ?? "";
    expect((await product.complete(session, code, user)).status).toBe(200);
    expect(await list(browser)).toMatchObject([{ provider: "stripe" }]);
    expect(await listInVisit(browser)).toMatchObject([{ provider: "zoom" }]);
  });

  test("103. a return without the visit's cookie, with another sign-in's, or in another browser, is refused", async () => {
    const { session, browser } = await openVisit(world, product, { user: nextUser() });
    const back = await decide(await beginInVisit(browser, zoom), "allow", zoom.person);
    const signedIn = await newcomer(world);
    const lost = browser.copy();
    lost.cookies.delete(connectCookie);
    lost.cookies.set(sessionCookie(world), signedIn.cookies.get(sessionCookie(world)) ?? "");
    const moved = browser.copy([connectCookie]);
    const stolen = browser.copy();
    stolen.cookies.set(browserCookie, newSecret());
    const elsewhere = (await openVisit(world, product, { user: nextUser() })).browser;
    for (const [what, other] of Object.entries({
      lost,
      moved,
      stolen,
      signedIn,
      elsewhere,
      stranger: world.browser(),
    })) {
      const answer = await other.get(back);
      expect([what, answer.location?.origin, failureIn(answer)]).toEqual([what, world.url, "invalid_state"]);
      expect([what, answer.location?.searchParams.has("connect_code")]).toEqual([what, false]);
    }
    expect((await product.state(session)).json["status"]).toBe("opened");
    expect((await browser.get(back)).location?.searchParams.has("connect_code")).toBe(true);
  });

  test("103. a visit that was cancelled between the start and the return is not finished", async () => {
    const { session, browser } = await openVisit(world, product, { user: nextUser() });
    const back = await decide(await beginInVisit(browser, zoom), "allow", zoom.person);
    await product.cancel(session);
    expect(failureIn(await browser.get(back))).toBe("invalid_state");
    expect(await callAll(browser, inVisit)).toEqual(allRefused);
    expect((await product.state(session)).json).toMatchObject({ status: "failed", failure: "session_cancelled" });
  });
});
