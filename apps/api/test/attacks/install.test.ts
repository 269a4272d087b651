import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Browser } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
import { comeBack, newcomer } from "../harness/probe.ts";
import { getSubject } from "../harness/subjects.ts";
import { decide, list } from "../harness/walk.ts";
import { raw } from "../harness/raw.ts";

const world = await openWorld();

const shop = "acme-goods.myshopify.com";
const shopify = getSubject("shopify");

/** Shopify's signed request to the App URL. */
function installOf(
  changes: Record<string, string> = {},
  secret = world.config.providers.clients["shopify"]?.secret ?? "",
) {
  const given = { host: "YWRtaW4", shop, timestamp: String(Math.floor(Date.now() / 1000)), ...changes };
  const message = new URLSearchParams(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1))).toString();
  return `hmac=${createHmac("sha256", secret).update(message).digest("hex")}&${message}`;
}

/** A link on another site that is followed. */
const crossSite = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-site": "cross-site" };
const sameSite = { ...crossSite, "sec-fetch-site": "same-origin" };

/** As a browser that navigates, which fetch cannot say of itself. Gives where it is sent. */
async function navigate(browser: Browser, path: string, headers: Record<string, string>): Promise<URL | undefined> {
  const answer = await raw(world.url + path, { browser, headers });
  for (const line of answer.headers["set-cookie"] ?? []) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    browser.cookies.set(name, value);
  }
  const { location } = answer.headers;
  return location === undefined ? undefined : new URL(location, world.url);
}

const attempts = async (): Promise<number> => (await world.sql("select from attempt")).length;

test.each([
  ["the usual port beside the name", (publicUrl: URL) => ({ host: `${publicUrl.hostname}:443` })],
  ["a name of its own", (publicUrl: URL) => ({ host: "inside:3000", "x-forwarded-host": publicUrl.host })],
])("an installation that comes through a proxy that writes %s is one", async (_what, through) => {
  const headers = { ...crossSite, ...through(world.config.publicUrl) };
  const at = await navigate(await newcomer(world), `/?${installOf()}`, headers);
  expect(at?.pathname).toContain(`${shop}/admin/oauth/authorize`);
});

describe.each(["/", "/api/v1/channels/shopify/auth"])("an installation that Shopify sends to %s", (path) => {
  const open = (browser: Browser, query: string) => navigate(browser, `${path}?${query}`, crossSite);

  test("goes on to that shop's authorization, and is connected", async () => {
    const browser = await newcomer(world);
    const at = await open(browser, installOf());
    expect(at?.pathname).toContain(`${shop}/admin/oauth/authorize`);
    if (at === undefined) throw new Error("nowhere");
    const back = await decide(at, "allow", "nora");
    expect(await comeBack({ browser, back }, shopify)).toBeNull();
    expect(await list(browser)).toMatchObject([{ provider: "shopify", status: "active" }]);
  });

  test("waits for a sign-in in the browser that it came to, and goes on from there", async () => {
    const [browser, elsewhere] = [world.browser(), await newcomer(world)];
    const signIn = await open(browser, installOf());
    expect([signIn?.pathname, signIn?.searchParams.get("provider")]).toEqual(["/sign-in", "shopify"]);
    await browser.signUp();
    const on = `/api/v1/channels/shopify/auth?install=${signIn?.searchParams.get("install")}`;
    // Not in another browser, not by a link of another site, and not altered.
    const before = await attempts();
    for (const [who, address, headers] of [
      [elsewhere, on, sameSite],
      [browser, on, crossSite],
      [browser, on.replace("install=", "install=A"), sameSite],
      [browser, on.replace("shopify", "zoom"), sameSite],
    ] as const) {
      expect((await navigate(who, address, headers))?.searchParams.get("error")).toMatch(/^(attempt|origin)_/);
    }
    expect(await attempts()).toBe(before);
    const at = await navigate(browser, on, sameSite);
    expect(at?.pathname).toContain(`${shop}/admin/oauth/authorize`);
    const [row] = await world.sql<{ user_id: string | null }>("select user_id from attempt order by created_at desc");
    expect(row?.user_id).toBeTruthy();
  });

  test.each([
    ["another secret", () => installOf({}, "x"), "invalid_hmac"],
    [
      "a time of two minutes ago",
      () => installOf({ timestamp: String(Math.floor(Date.now() / 1000) - 120) }),
      "link_expired",
    ],
    [
      "a time of two minutes ahead",
      () => installOf({ timestamp: String(Math.floor(Date.now() / 1000) + 120) }),
      "clock_differs",
    ],
    ["another shop than was signed", () => installOf().replace("acme-goods", "acme-outlet"), "invalid_hmac"],
    ["a parameter twice", () => `${installOf()}&shop=${shop}`, "origin_refused"],
    ["another host as its shop", () => installOf({ shop: "evil.example" }), "invalid_hmac"],
    ["no signature", () => `shop=${shop}`, "origin_refused"],
  ])("is refused with %s, and begins nothing", async (_what, query, code) => {
    const browser = await newcomer(world);
    const before = await attempts();
    const location = await open(browser, query());
    const frontPage = path === "/" && code === "origin_refused";
    expect(location?.searchParams.get("error") ?? null).toBe(frontPage ? null : code);
    expect(await attempts()).toBe(before);
  });
});

test("the front page stays what it is for everybody else", async () => {
  const { status, location } = await world.browser().get("/");
  expect([status, location?.pathname]).toEqual([302, "/integrations"]);
});
