import { describe, expect, test } from "vitest";
import { entryWithRights, newKey } from "./harness/back-end.ts";
import { openWorld } from "./harness/open-world.ts";
import { getSubject, subjects } from "./harness/subjects.ts";
import { createProduct, goThrough, inVisit, openLink, productUrl, returnToProduct } from "./harness/visit.ts";

const rights = ["read", "token", "connect", "manage"];
const keys = { shop: newKey(), other: newKey() };
const providers = ["calendly", "paypal", "shopify", "stripe", "telegram", "zoom"];
const world = await openWorld({
  telegram: true,
  env: {
    SERVICE_KEYS: [
      entryWithRights("shop.backend", keys.shop, { rights, providers }),
      entryWithRights("other.backend", keys.other, { rights, providers }),
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
    const path = "/api/v1/channels/telegram/connect";
    const { sessionId } = (await browser.post(inVisit(`${path}/phone`), { phoneNumber: lena })).json;
    const [code] = await world.control.listCodes(lena);
    const answered = await browser.post(inVisit(`${path}/verify-code`), { sessionId, code });
    const back = new URL(String(answered.json["returnUrl"]));
    expect(answered.json).toEqual({ success: true, returnUrl: expect.stringContaining(productUrl) });
    const [{ count } = expect.fail()] = await world.sql<{ count: string }>(
      "select count(*) from connection where provider = 'telegram'",
    );
    expect(count).toBe("0");
    const connectCode = back.searchParams.get("connect_code") ?? "";
    const completed = await product.complete(session, connectCode, "lena");
    expect(completed.json).toMatchObject({ created: true, connection: { provider: "telegram" } });
    const token = await product.backEnd.token((completed.json["connection"] as { id: number }).id);
    expect(token.json).toMatchObject({ type: "telegram_session" });
  });

  test("a Telegram login of somebody else is logged out", async () => {
    const session = await product.create("marco", { providers: ["telegram"] });
    const browser = world.browser();
    await openLink(browser, session);
    const path = "/api/v1/channels/telegram/connect";
    const { sessionId } = (await browser.post(inVisit(`${path}/phone`), { phoneNumber: lena })).json;
    const [code] = await world.control.listCodes(lena);
    const answered = await browser.post(inVisit(`${path}/verify-code`), { sessionId, code });
    const back = new URL(String(answered.json["returnUrl"]));
    const before = await world.control.countSessions(lena);
    expect(
      (await product.complete(session, back.searchParams.get("connect_code") ?? "", "mallory")).json,
    ).toMatchObject({
      code: "user_mismatch",
    });
    expect(await world.control.countSessions(lena)).toBe(before - 1);
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
