import { describe, expect, test } from "vitest";
import { entryWithRights, newKey } from "./harness/back-end.ts";
import { openWorld } from "./harness/open-world.ts";
import { eventually } from "./harness/probe.ts";
import type { Browser } from "./harness/browser.ts";
import { getSubject, subjects, type Subject } from "./harness/subjects.ts";
import {
  beginInVisit,
  createProduct,
  goThrough,
  inVisit,
  logInToTelegram,
  openLink,
  productUrl,
  returnToProduct,
} from "./harness/visit.ts";
import { bodyOf } from "./harness/walk.ts";

const rights = ["read", "token", "connect", "manage"];
const keys = { shop: newKey(), own: newKey() };
const providers = ["calendly", "paypal", "shopify", "stripe", "telegram", "zoom"];
const world = await openWorld({
  telegram: true,
  env: {
    SERVICE_KEYS: [
      entryWithRights("shop.backend", keys.shop, { rights, providers }),
      entryWithRights("own", keys.own, { rights, providers }),
    ].join(","),
    CONNECT_RETURN_URLS: productUrl,
    APP_NAME: "Acme",
  },
});
const product = createProduct(world, keys.shop);
const countExchanges = async (provider: string) => (await world.control.getSummary(provider)).codeExchanges;
const lena = "+12025550101";
const zoom = getSubject("zoom");

describe("a connect session with a way back", () => {
  test.each(subjects.map((subject) => [subject.id, subject] as const))(
    "an account at %s is connected once the product completes, and its code is exchanged only then",
    async (provider, subject) => {
      const session = await product.create(`user of ${provider}`, {
        user: { id: `user of ${provider}`, name: "Ada Lovelace", email: "ada@acme.example" },
        tenant: { id: "acme", name: "Acme" },
        tags: { plan: "pro" },
        providers: [provider],
      });
      expect(session).toEqual({
        id: expect.stringMatching(/^cs_[\w-]{20,}$/),
        token: expect.stringMatching(/^pbcs_[\w-]{43}$/),
        url: `${world.url}/connect#${session.token}`,
        status: "open",
        expiresAt: expect.stringMatching(/Z$/),
      });
      const browser = world.browser();
      expect((await openLink(browser, session)).status).toBe(200);
      expect((await product.state(session)).json["status"]).toBe("opened");
      const visit = (await browser.get(inVisit("/api/trpc/connectSession.get"))).json;
      expect(visit).toMatchObject({
        result: { data: { product: "Acme", providers: [provider], returnUrl: productUrl } },
      });

      const callsBefore = await countExchanges(provider);
      const { status, location } = await goThrough(browser, subject);
      expect(status).toBe(303);
      expect(location?.origin + (location?.pathname ?? "")).toBe(productUrl);
      expect(Object.fromEntries(location?.searchParams ?? [])).toEqual({
        connect_session: session.id,
        connect_code: expect.stringMatching(/^[\w-]{43}$/),
        provider,
      });
      expect((await product.state(session)).json["status"]).toBe("returned");
      expect(await countExchanges(provider)).toBe(callsBefore);

      const code = location?.searchParams.get("connect_code") ?? "";
      const completed = await product.complete(session, code, `user of ${provider}`);
      expect(completed.json).toMatchObject({ created: true, connection: { provider, status: "active" } });
      expect(await product.complete(session, code, `user of ${provider}`)).toMatchObject({
        status: 200,
        json: completed.json,
      });
      expect(await countExchanges(provider)).toBe(callsBefore + 1);
      expect((await product.state(session)).json).toMatchObject({
        status: "connected",
        connection: (completed.json["connection"] as { id: number }).id,
      });
    },
  );

  test("a Telegram login waits sealed until the product completes", async () => {
    const session = await product.create("lena", { providers: ["telegram"] });
    const browser = world.browser();
    await openLink(browser, session);
    const connectCode = await logInToTelegram(world, browser, lena);
    const [{ count } = expect.fail()] = await world.sql<{ count: string }>(
      "select count(*) from connection where provider = 'telegram'",
    );
    expect(count).toBe("0");
    const completed = await product.complete(session, connectCode, "lena");
    expect(completed.json).toMatchObject({ created: true, connection: { provider: "telegram" } });
    const token = await product.backEnd.token((completed.json["connection"] as { id: number }).id);
    expect(token.json).toMatchObject({ type: "telegram_session" });
  });

  test("a Telegram login of somebody else is logged out", async () => {
    const session = await product.create("marco", { providers: ["telegram"] });
    const browser = world.browser();
    await openLink(browser, session);
    const connectCode = await logInToTelegram(world, browser, lena);
    const before = await world.control.countSessions(lena);
    expect((await product.complete(session, connectCode, "mallory")).json).toMatchObject({ code: "user_mismatch" });
    await eventually(async () => expect(await world.control.countSessions(lena)).toBe(before - 1));
  });
});

describe("a completion", () => {
  test("a completion for another user burns the code, and nothing is exchanged", async () => {
    const session = await product.create("ada");
    const browser = world.browser();
    await openLink(browser, session);
    const code = await returnToProduct(browser, zoom);
    const before = await countExchanges("zoom");
    expect(await product.complete(session, code, "mallory")).toMatchObject({
      status: 409,
      json: { code: "user_mismatch" },
    });
    for (const user of ["mallory", "ada"])
      expect((await product.complete(session, code, user)).json).toMatchObject({ code: "user_mismatch" });
    expect(await countExchanges("zoom")).toBe(before);
    expect((await product.state(session)).json).toMatchObject({ status: "failed", failure: "user_mismatch" });
  });
});

/** Walks a link without a way back to its end on our page. Gives the answer of the page's finish. */
async function finishOnPage(browser: Browser, subject: Subject) {
  const { location } = await goThrough(browser, subject);
  expect(location?.pathname).toBe("/connect");
  const landing = location ?? expect.fail();
  // What finishes on its return elsewhere is posted with the state here.
  const state = subject.finishesOnReturn ? { state: landing.searchParams.get("state") } : {};
  return await browser.post(inVisit(`/api/v1/channels/${subject.id}/connect`), {
    ...bodyOf(subject, landing),
    ...state,
  });
}

describe("a connect session without a way back", () => {
  test.each(subjects.map((subject) => [subject.id, subject] as const))(
    "an account at %s is connected on our page, and works once the back end approves it",
    async (provider, subject) => {
      const session = await product.create(`by mail to ${provider}`, { returnUrl: null, providers: [provider] });
      const browser = world.browser();
      await openLink(browser, session);
      expect((await finishOnPage(browser, subject)).status).toBe(200);
      const { connection } = (await product.state(session)).json;
      const token = await product.backEnd.token(connection);
      expect(token).toMatchObject({ status: 409, json: { code: "connection_pending" } });
      const approved = await product.backEnd.send(`${String(connection)}/approve`, { method: "POST" });
      expect(approved).toMatchObject({ status: 200, json: { id: connection, status: "active" } });
      expect((await product.backEnd.token(connection)).status).toBe(200);
    },
  );
});

describe("a visit", () => {
  test("a field that is misspelled is refused, and makes no link without what it meant", async () => {
    const answer = await product.ask({ user: { id: "ada" }, returnURL: productUrl });
    expect(answer).toMatchObject({ status: 422, json: { code: "invalid_request" } });
  });

  test("a visit is for nobody who signed up here: back ends ask for them by that id", async () => {
    const own = createProduct(world, keys.own);
    await world.signedIn();
    const [user] = await world.sql<{ id: string }>(`select id from "user" where external_id is null limit 1`);
    expect(await own.ask({ user })).toMatchObject({ status: 422, json: { field: "user.id" } });
    expect((await product.ask({ user })).status).toBe(201);
  });

  test("a denial leads back to the product with its code, and the user may try again", async () => {
    const session = await product.create("denying");
    const browser = world.browser();
    await openLink(browser, session);
    const { status, location } = await goThrough(browser, zoom, "deny");
    expect(status).toBe(303);
    expect(Object.fromEntries(location?.searchParams ?? [])).toEqual({
      connect_session: session.id,
      error: "access_denied",
      provider: "zoom",
    });
    expect((await product.state(session)).json).toMatchObject({ status: "failed", failure: "access_denied" });
    const code = await returnToProduct(browser, zoom);
    expect((await product.complete(session, code, "denying")).json).toMatchObject({ created: true });
  });

  test("a visit lists and uses no other providers than its own", async () => {
    const session = await product.create("denying", { providers: ["stripe"] });
    const browser = world.browser();
    await openLink(browser, session);
    expect((await browser.get(inVisit("/api/v1/channels/"))).text).toBe("[]");
    const answer = await browser.get(inVisit("/api/v1/channels/zoom/auth"));
    expect(answer).toMatchObject({ status: 404, json: { code: "provider_unknown" } });
  });

  test("a session for one connection renews that one alone, and its id stays", async () => {
    const first = await product.create("renewing");
    const browser = world.browser();
    await openLink(browser, first);
    const code = await returnToProduct(browser, zoom);
    const { connection } = (await product.complete(first, code, "renewing")).json as { connection: { id: number } };

    const second = await product.create("renewing", { connection: connection.id });
    await openLink(browser, second);
    const renewed = await product.complete(second, await returnToProduct(browser, zoom), "renewing");
    expect(renewed.json).toMatchObject({ created: false, connection: { id: connection.id } });
    const other = await product.ask({ user: { id: "somebody else" }, connection: connection.id });
    expect(other).toMatchObject({ status: 404, json: { code: "connection_unknown" } });
  });

  test("a cancelled session opens nothing, and what has returned is not completed", async () => {
    const unopened = await product.create("cancelling");
    expect((await product.cancel(unopened)).json).toMatchObject({ status: "failed", failure: "session_cancelled" });
    expect((await openLink(world.browser(), unopened)).json).toMatchObject({ code: "connect_session_unknown" });

    const session = await product.create("cancelling");
    const browser = world.browser();
    await openLink(browser, session);
    const code = await returnToProduct(browser, zoom);
    const before = await countExchanges("zoom");
    await product.cancel(session);
    expect((await product.complete(session, code, "cancelling")).json).toMatchObject({ code: "session_cancelled" });
    expect((await browser.get(inVisit("/api/trpc/connectSession.get"))).status).toBe(401);
    expect(await countExchanges("zoom")).toBe(before);
  });

  test("the same request under one idempotency key gives the same link, and another request none", async () => {
    const headers = { "idempotency-key": "a-key" };
    const [first, again] = [
      await product.ask({ user: { id: "twice", name: "A" }, tags: { b: "1", a: "2" } }, headers),
      await product.ask({ tags: { a: "2", b: "1" }, user: { name: "A", id: "twice" } }, headers),
    ];
    expect([first?.status, again?.status]).toEqual([201, 201]);
    expect(again?.json).toEqual(first?.json);
    const other = await product.ask({ user: { id: "thrice" } }, headers);
    expect(other).toMatchObject({ status: 409, json: { code: "idempotency_key_reused" } });
  });

  test("a session may ask for scopes of its own, and for none that the provider does not know", async () => {
    const scopes = { calendly: ["event_types:read"] };
    const session = await product.create("scoped", { providers: ["calendly"], scopes });
    const browser = world.browser();
    await openLink(browser, session);
    const at = await beginInVisit(browser, getSubject("calendly"));
    expect(at.searchParams.get("scope")).toContain("event_types:read");
    expect(await product.ask({ user: { id: "scoped" }, scopes: { zoom: ["not a scope"] } })).toMatchObject({
      status: 422,
      json: { field: "scopes" },
    });
  });

  test("scopes of a provider that is not of the session are refused", async () => {
    const scopes = { calendly: ["event_types:read"] };
    expect(await product.ask({ user: { id: "scoped" }, providers: ["zoom"], scopes })).toMatchObject({
      status: 422,
      json: { code: "invalid_request", field: "scopes" },
    });
  });

  test("a provider that is asked for and not set up is refused, and none is asked for where it is not", async () => {
    const { providers } = world.config;
    const { zoom: _removed, ...clients } = providers.clients;
    const running = await world.another({ providers: { ...providers, clients } });
    try {
      const there = createProduct({ url: running.url }, keys.shop);
      const user = { id: "partly" };
      for (const asked of [["zoom"], ["stripe", "zoom"]])
        expect(await there.ask({ user, providers: asked })).toMatchObject({
          status: 503,
          json: { code: "provider_not_configured" },
        });
      expect((await there.ask({ user, providers: ["stripe"] })).status).toBe(201);
      const { id } = await there.create("partly");
      const [session] = await world.sql<{ providers: string[] }>(
        "select providers from connect_session where id = $1",
        [id],
      );
      expect(session?.providers.toSorted()).toEqual(["calendly", "paypal", "shopify", "stripe", "telegram"]);
    } finally {
      await running.stop();
    }
  });
});
