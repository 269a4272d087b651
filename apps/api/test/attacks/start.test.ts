import { describe, expect, test, vi } from "vitest";
import { Browser } from "../harness/browser.ts";
import { startLive } from "../harness/live.ts";
import { openWorld } from "../harness/open-world.ts";
import { browserCookie, failureIn, newcomer, newSecret, sessionCookie, startWalk } from "../harness/probe.ts";
import { raw } from "../harness/raw.ts";
import { getSubject, subjects } from "../harness/subjects.ts";
import { begin, decide } from "../harness/walk.ts";

const world = await openWorld();

const attempts = async (): Promise<number> => (await world.sql("select from attempt")).length;
const auth = (id: string, query = "") => `/api/v1/channels/${id}/auth${query}`;

/** That a request begins nothing. */
async function expectNothingBegun<T>(attack: () => Promise<T>): Promise<T> {
  const before = await attempts();
  const result = await attack();
  expect(await attempts()).toBe(before);
  return result;
}

describe.each(subjects)("$id: /auth", (subject) => {
  const path = auth(subject.id, subject.opening);

  test("1. a request to /auth without a session is 401, with a session that is forged too, and begins nothing", async () => {
    await expectNothingBegun(async () => {
      const forged = world.browser();
      forged.cookies.set(sessionCookie(world), `${newSecret()}.${"A".repeat(43)}=`);
      for (const browser of [world.browser(), forged]) {
        const { status, json, headers } = await browser.get(path);
        expect([status, json["code"]]).toEqual([401, "unauthenticated"]);
        expect(headers.getSetCookie()).toEqual([]);
      }
    });
  });

  test("1. a request to /auth without a session sends a browser that navigates to sign in, and back", async () => {
    const { status, headers } = await raw(world.url + path, { headers: { "sec-fetch-mode": "navigate" } });
    expect([status, headers.location]).toEqual([302, `/sign-in?provider=${subject.id}`]);
  });

  test("2. a request to /auth from another site is refused, and begins nothing", async () => {
    const browser = await newcomer(world);
    const image = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" };
    for (const headers of [image, { origin: "https://evil.example" }, { origin: "null" }]) {
      const answer = await expectNothingBegun(() => browser.get(path, headers));
      expect(failureIn(answer)).toBe("origin_refused");
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  test("2. a navigation to /auth from another site shows the page, not JSON", async () => {
    const browser = await newcomer(world);
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    const { status, headers } = await expectNothingBegun(() => raw(world.url + path, { headers: link, browser }));
    expect([status, headers.location]).toEqual([302, `/integrations?error=origin_refused&provider=${subject.id}`]);
    expect(headers["set-cookie"]).toBeUndefined();
  });

  test("7. a request to /auth drops whatever else the query asks for", async () => {
    const browser = await newcomer(world);
    const plain = await begin(browser, subject);
    const wishes = {
      scope: "everything",
      redirect_uri: "https://evil.example/",
      client_id: "evil",
      state: "chosen",
      response_type: "token",
      response_mode: "fragment",
      prompt: "none",
      code_challenge: "chosen",
      code_challenge_method: "plain",
      "grant_options[]": "per-user",
      returnTo: "//evil.example",
      ["__proto__"]: "x",
    };
    const query = `${subject.opening}${subject.opening ? "&" : "?"}${new URLSearchParams(wishes).toString()}`;
    const asked = (await browser.get(auth(subject.id, query))).location;
    expect(asked && [...asked.searchParams.keys()]).toEqual([...plain.searchParams.keys()]);
    for (const [name, value] of plain.searchParams) {
      const fresh = name === "state" || name === "code_challenge";
      expect(asked?.searchParams.get(name)).toEqual(fresh ? (expect.not.stringContaining(value) as string) : value);
    }
    expect(asked?.href).not.toMatch(/evil|chosen|everything/);
  });

  test("a request to /auth gives the browser one cookie for all its attempts: 256 bits, for us alone", async () => {
    const browser = await newcomer(world);
    const first = await browser.get(path);
    const [line = ""] = first.headers.getSetCookie();
    expect(line).toMatch(/^patchbay-\d+-browser=[\w-]{43}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/);
    const value = browser.cookies.get(browserCookie(world));
    await browser.get(path);
    expect(browser.cookies.get(browserCookie(world))).toBe(value);
    // One that was planted in another shape is not kept.
    browser.cookies.set(browserCookie(world), "chosen-by-somebody");
    await browser.get(path);
    expect(browser.cookies.get(browserCookie(world))).toMatch(/^[\w-]{43}$/);
  });

  test("24. a request to /auth shows nothing of the user, the session or the browser in the address that it leads to", async () => {
    const { browser, at, back } = await startWalk(world, subject);
    const rows = await world.sql<Record<string, string>>(
      'select s.id, s.token, s.user_id, u.email from session s join "user" u on u.id = s.user_id',
    );
    const known = [...rows.flatMap((row) => Object.values(row)), browser.cookies.get(browserCookie(world)) ?? "?"];
    for (const text of known) expect(`${at.href} ${back.href}`).not.toContain(text);
    expect(at.searchParams.get("state")).toMatch(/^[\w-]{43}$/);
  });
});

describe("shopify: /auth", () => {
  test.each([
    "evil.com",
    "a.myshopify.com.evil.com",
    "evil.com#.myshopify.com",
    "evil.com/.myshopify.com",
    "a.myshopify.com@evil.com",
    "a.myshopify.com:8443",
    "127.0.0.1",
    "[::ffff:169.254.169.254]",
    "a.myshopify.com.",
    "a.myshopify.com\n",
    "a\t.myshopify.com",
    "аcme.myshopify.com",
    "a".repeat(300),
    "",
  ])("5. a request to /auth for the shop %j is refused, and begins nothing", async (shop) => {
    const browser = await newcomer(world);
    const { status, json } = await expectNothingBegun(() =>
      browser.get(auth("shopify", `?shop=${encodeURIComponent(shop)}`)),
    );
    expect([status, json["code"]]).toEqual([400, "invalid_shop"]);
  });

  test("5. a shop in capitals is the same shop", async () => {
    const browser = await newcomer(world);
    const { location } = await browser.get(auth("shopify", "?shop=ACME-Goods.MyShopify.com"));
    expect(location?.pathname).toBe("/acme-goods.myshopify.com/admin/oauth/authorize");
  });

  test.each(["?shop=acme-goods&shop=evil.com", "?shop[]=acme-goods", "?shop[a]=acme-goods", "?SHOP=acme-goods", "?"])(
    "6. a request to /auth with %s is refused, and begins nothing",
    async (query) => {
      const browser = await newcomer(world);
      const { status, json } = await expectNothingBegun(() => browser.get(auth("shopify", query)));
      expect([status, json["code"]]).toEqual([400, "invalid_shop"]);
    },
  );

  test("5. a start by tRPC is held to the same shops", async () => {
    const browser = await newcomer(world);
    for (const shop of ["evil.com", "a.myshopify.com@evil.com", ""]) {
      const input = { provider: "shopify", values: { shop } };
      const answer = await expectNothingBegun(() => browser.post("/api/trpc/connect.begin", input));
      expect(answer.status).toBe(400);
    }
  });
});

test.each(["nothing", "__proto__", "constructor", "toString", "..%2fzoom", "%00", "zoom%0d%0a", "ZOOM"])(
  "a provider called %s is unknown, and that is all",
  async (id) => {
    const browser = await newcomer(world);
    const paths = [auth(id), `/api/v1/channels/${id}/callback?state=x`, `/api/v1/channels/${id}/connect?state=x`];
    for (const path of paths) {
      const { status } = await expectNothingBegun(() => browser.get(path));
      expect([404, 302]).toContain(status);
    }
    expect((await browser.post(`/api/v1/channels/${id}/connect`, { authCode: "x", state: "x" })).status).toBe(404);
    expect((await browser.post(`/api/v1/channels/${id}/disconnect`, { accountId: 1 })).status).toBe(404);
  },
);

test("3. of twenty live attempts the twenty-first is refused, says when to come back, and one that ends makes room", async () => {
  const browser = await newcomer(world);
  const zoom = getSubject("zoom");
  const begun = [];
  for (let turn = 0; turn < 20; turn++) begun.push(await begin(browser, zoom));
  const refused = await expectNothingBegun(() => browser.get(auth("calendly")));
  expect([refused.status, refused.json["code"]]).toEqual([429, "too_many_requests"]);
  const wait = Number(refused.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(500);
  expect(wait).toBeLessThanOrEqual(600);
  const [first] = begun;
  if (first === undefined) throw new Error("none begun");
  expect((await browser.get(await decide(first, "deny", zoom.person))).status).toBe(302);
  expect((await browser.get(auth("calendly"))).status).toBe(302);
});

const callback = (id: string) => `https://app.example.com/api/v1/channels/${id}/callback`;

describe("without a sandbox, as in production", () => {
  const paypalScope = "openid email profile https://uri.paypal.com/services/paypalattributes";
  const usual = { response_type: "code" };
  const proofKey = { code_challenge_method: "S256", code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string };

  const expected: Record<string, [address: string, parameters: Record<string, string>]> = {
    calendly: [
      "https://auth.calendly.com/oauth/authorize",
      { ...usual, ...proofKey, scope: "users:read", redirect_uri: callback("calendly") },
    ],
    paypal: [
      "https://www.paypal.com/signin/authorize",
      {
        ...usual,
        flowEntry: "static",
        scope: paypalScope,
        redirect_uri: "https://app.example.com/api/v1/channels/paypal/connect",
      },
    ],
    shopify: [
      "https://acme-goods.myshopify.com/admin/oauth/authorize",
      { scope: "read_products,write_orders", redirect_uri: callback("shopify") },
    ],
    stripe: [
      "https://connect.stripe.com/oauth/authorize",
      { ...usual, scope: "read_write", redirect_uri: callback("stripe") },
    ],
    zoom: ["https://zoom.us/oauth/authorize", { ...usual, ...proofKey, redirect_uri: callback("zoom") }],
  };

  test("each provider is asked at its own address, with what it documents and no more, and nobody is called", async () => {
    const fetched = vi.spyOn(globalThis, "fetch");
    const live = await startLive();
    const browser = new Browser(live.at);
    await browser.signUp();
    for (const subject of subjects) {
      const to = await begin(browser, subject);
      const [address, parameters] = expected[subject.id] ?? ["", {}];
      expect(`${to.origin}${to.pathname}`).toBe(address);
      expect(Object.fromEntries(to.searchParams)).toEqual({
        ...parameters,
        client_id: `live-${subject.id}-client-id`,
        state: expect.stringMatching(/^[\w-]{43}$/) as string,
      });
      // Read as a URI, a plus is a plus.
      expect(to.search).not.toContain("+");
      expect(new Set(to.searchParams.keys()).size).toBe([...to.searchParams].length);
    }
    await live.stop();
    const asked = fetched.mock.calls.map(([target]) => new URL(target instanceof Request ? target.url : target).host);
    fetched.mockRestore();
    expect(new Set(asked)).toEqual(new Set([new URL(live.at).host]));
  });

  test("PayPal's own sandbox is asked where the configuration says so", async () => {
    const live = await startLive({ PAYPAL_ENVIRONMENT: "sandbox" });
    const browser = new Browser(live.at);
    await browser.signUp();
    expect((await browser.get(auth("paypal"))).location?.host).toBe("www.sandbox.paypal.com");
    await live.stop();
  });

  test("over https, browsers are told to come over https alone", async () => {
    const live = await startLive();
    const browser = new Browser(live.at);
    await browser.signUp();
    const answer = await browser.get(auth("zoom"));
    expect(answer.headers.get("strict-transport-security")).toContain("max-age=31536000");
    await live.stop();
  });
});
