import { describe, expect, test } from "vitest";
import { entryWithRights, newKey } from "../harness/back-end.ts";
import { openWorld } from "../harness/open-world.ts";
import { altered } from "../harness/probe.ts";
import { getSubject, subjects } from "../harness/subjects.ts";
import { beginInVisit, createProduct, goThrough, openVisit, productUrl, returnFrom } from "../harness/visit.ts";
import { decide } from "../harness/walk.ts";

const key = newKey();
const world = await openWorld({
  env: {
    SERVICE_KEYS: entryWithRights("shop.backend", key, { rights: ["read", "token", "connect", "manage"] }),
    CONNECT_RETURN_URLS: `${productUrl}, https://app.acme.example/settings`,
  },
});
const product = createProduct(world, key);
const zoom = getSubject("zoom");

let count = 0;
const nextUser = (): string => `usr_${(count += 1)}`;

const evil = [
  "//evil.example/settings",
  "https:evil.example",
  "https:/\\evil.example/settings",
  "\\\\evil.example",
  "%2f%2fevil.example",
  "javascript:alert(1)",
  "data:text/html,hello",
  "blob:https://app.acme.example/settings",
  "https://evil.example/settings",
  "https://app.acme.example.evil.example/settings",
  "https://app.acme.example@evil.example/settings",
  "https://user:password@app.acme.example/settings",
  "https://app.acme.example:8443/settings",
  "http://app.acme.example/settings",
  "https://app.acme.example./settings",
  "https://app.аcme.example/settings",
  "https://app.acme.example/settingsmore",
  "https://app.acme.example/SETTINGS",
  "https://app.acme.example/",
  "https://app.acme.example/settings/../admin",
  "https://app.acme.example/settings/%2e%2e/admin",
  "https://app.acme.example/settings/..%2fadmin",
  "https://app.acme.example/settings/%5c..%5cadmin",
  "https://app.acme.example/settings\\..\\admin",
  "https://app.acme.example/settings\t/x",
  "https://app.acme.example/settings\n",
  "https://app.acme.example/settings\r\nSet-Cookie: a=b",
  " https://app.acme.example/settings",
  "https://app.acme.example/settings#fragment",
  "http://localhost:5998/settings",
  "http://127.0.0.1:5999/settings",
  `https://app.acme.example/settings?${"a".repeat(2_000)}`,
  "/settings",
  "",
];

describe("a session that wants to return elsewhere", () => {
  test("4. a session that returns to another site, in whatever form, is refused, and none is made", async () => {
    const before = await world.sql("select id from connect_session");
    for (const returnUrl of evil) {
      const { status, json, text } = await product.ask({ user: { id: nextUser() }, returnUrl });
      expect([returnUrl, status, json["code"]]).toEqual([returnUrl, 422, "invalid_request"]);
      expect(text).not.toContain("evil");
    }
    for (const returnUrl of [1, [productUrl], { href: productUrl }, true])
      expect((await product.ask({ user: { id: nextUser() }, returnUrl })).status).toBe(422);
    expect(await world.sql("select id from connect_session")).toEqual(before);
  });
});

describe.each(subjects)("at $id", (subject) => {
  test("102. what a return address says in our own parameters does not survive, whether access is given or denied", async () => {
    const planted =
      "tab=1&connect_code=planted&connect%5Fcode=planted&error=planted&provider=planted&connect_session=cs_x";
    const returnUrl = `${productUrl}/connections?${planted}&error=planted`;
    const { session, browser } = await openVisit(world, product, { user: nextUser(), returnUrl });
    const came = [await goThrough(browser, subject)];
    if (subject.deniesByReturn) came.push(await goThrough(browser, subject, "deny"));
    for (const [turn, { status, location, headers }] of came.entries()) {
      expect([status, headers.get("referrer-policy"), headers.get("cache-control")]).toEqual([
        303,
        "no-referrer",
        "no-store",
      ]);
      expect(`${location?.origin}${location?.pathname}`).toBe(`${productUrl}/connections`);
      expect([...(location?.searchParams ?? [])]).toEqual([
        ["tab", "1"],
        ["connect_session", session.id],
        turn === 0 ? ["connect_code", expect.stringMatching(/^[\w-]{43}$/)] : ["error", "access_denied"],
        ["provider", subject.id],
      ]);
    }
  });
});

describe("a return", () => {
  test("102. a callback's own parameters choose neither where it returns nor what the product is told", async () => {
    const visit = await openVisit(world, product, { user: nextUser() });
    const at = await beginInVisit(visit.browser, zoom);
    const back = await decide(at, "allow", zoom.person);
    const more = {
      returnUrl: "https://evil.example/",
      return_url: "https://evil.example/",
      connect_code: "planted",
      connect_session: "cs_planted",
      provider: "paypal",
    };
    const { location } = await visit.browser.get(altered(back, more));
    expect(location?.href.startsWith(`${productUrl}?`)).toBe(true);
    expect(Object.fromEntries(location?.searchParams ?? [])).toEqual({
      connect_session: visit.session.id,
      connect_code: expect.stringMatching(/^[\w-]{43}$/),
      provider: "zoom",
    });
  });

  test("102. a provider's error reaches the product as a code of ours, without a word of the provider's", async () => {
    const visit = await openVisit(world, product, { user: nextUser() });
    for (const error of ["access_denied", "<script>alert(1)</script>", "server_error", "a".repeat(5_000)]) {
      const back = await decide(await beginInVisit(visit.browser, zoom), "deny", zoom.person);
      const said = { error, error_description: "<img src=x onerror=alert(1)>", error_uri: "https://evil.example/" };
      const { location, text } = await visit.browser.get(altered(back, said));
      expect([...(location?.searchParams.keys() ?? [])]).toEqual(["connect_session", "error", "provider"]);
      expect(location?.searchParams.get("error")).toMatch(/^(access_denied|provider_unavailable)$/);
      expect(`${location?.href} ${text}`).not.toMatch(/evil|onerror|script/);
    }
  });

  test("102. a return that comes again gives a new code, and the one before completes nothing", async () => {
    const user = nextUser();
    const returned = await returnFrom(await openVisit(world, product, { user }), zoom);
    const { location } = await returned.browser.get(returned.back);
    const code = location?.searchParams.get("connect_code") ?? "";
    expect(code).not.toBe(returned.code);
    expect((await product.complete(returned.session, returned.code, user)).status).toBe(404);
    expect((await product.complete(returned.session, code, user)).status).toBe(200);
  });

  test("37. a return that is HEAD or prefetched uses nothing up, and gives no code", async () => {
    const { browser, session } = await openVisit(world, product, { user: nextUser() });
    const back = await decide(await beginInVisit(browser, zoom), "allow", zoom.person);
    expect((await browser.send(back, { method: "HEAD" })).location).toBeUndefined();
    expect((await browser.get(back, { "sec-purpose": "prefetch" })).location).toBeUndefined();
    expect((await product.state(session)).json["status"]).toBe("opened");
    expect((await browser.get(back)).location?.searchParams.has("connect_code")).toBe(true);
  });
});
