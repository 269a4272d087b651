import { describe, expect, test } from "vitest";
import { nameCookies } from "../../src/http/cookies.ts";
import { Browser } from "../harness/browser.ts";
import { startLive } from "../harness/live.ts";
import { openWorld } from "../harness/open-world.ts";
import { comeBack, newcomer, newSecret, startWalk } from "../harness/probe.ts";
import { raw } from "../harness/raw.ts";
import { subjects } from "../harness/subjects.ts";
import { createWorld } from "../harness/world.ts";

const world = await openWorld();
const names = nameCookies(world.config.publicUrl);

const [calendly] = subjects as [(typeof subjects)[number]];
const auth = "/api/v1/channels/calendly/auth";

/** The cookie header of a browser in which another host of the site has planted `planted`, before or after its own. */
function withPlanted(browser: Browser, planted: string, place: "before" | "after"): string {
  const own = [...browser.cookies].map(([name, value]) => `${name}=${value}`);
  return (place === "before" ? [planted, ...own] : [...own, planted]).join("; ");
}

const cookieOf = (browser: Browser, name: string) => `${name}=${browser.cookies.get(name)}`;

describe.each(["before", "after"] as const)("a second cookie of one of our names, %s the user's own", (place) => {
  test("a second session cookie signs the request out, on every way, and shows nobody", async () => {
    const [victim, attacker] = [await newcomer(world), await newcomer(world)];
    const cookie = withPlanted(victim, cookieOf(attacker, names.session), place);
    const statuses: unknown[] = [];
    for (const path of ["/api/v1/channels/", "/api/trpc/connections.list?batch=1&input=%7B%7D", auth]) {
      statuses.push((await raw(world.url + path, { headers: { cookie } })).status);
    }
    expect(statuses).toEqual([401, 401, 401]);
    const seen = await raw(`${world.url}/api/trpc/session.get`, { headers: { cookie } });
    expect(JSON.parse(seen.text)).toMatchObject({ result: { data: { user: null } } });
    const opened = await raw(world.url + auth, { headers: { cookie, "sec-fetch-mode": "navigate" } });
    expect(opened.headers.location).toBe("/sign-in?provider=calendly");
  });

  test("a second cookie with the very same session signs the request out too, and a Bearer beside them does not help", async () => {
    const victim = await newcomer(world);
    const cookie = withPlanted(victim, cookieOf(victim, names.session), place);
    const authorization = `Bearer ${victim.cookies.get(names.session)}`;
    for (const headers of [{ cookie }, { cookie, authorization }]) {
      expect((await raw(`${world.url}/api/v1/channels/`, { headers })).status).toBe(401);
      const seen = await raw(`${world.url}/api/trpc/session.get`, { headers });
      expect(JSON.parse(seen.text)).toMatchObject({ result: { data: { user: null } } });
    }
  });

  test("a second session cookie fits no attempt at the callback", async () => {
    const attacker = await newcomer(world);
    const victim = await startWalk(world, calendly);
    const cookie = withPlanted(victim.browser, cookieOf(attacker, names.session), place);
    const answer = await raw(victim.back, { headers: { cookie } });
    expect(answer.headers.location).toContain("error=invalid_state");
    expect(await comeBack(victim, calendly)).toBeNull();
  });

  test("a second browser cookie is none: a callback with it fits no attempt, and a start gives a new one", async () => {
    const victim = await startWalk(world, calendly);
    const planted = `${names.browser}=${newSecret()}`;
    const cookie = withPlanted(victim.browser, planted, place);
    expect((await raw(victim.back, { headers: { cookie } })).headers.location).toContain("error=invalid_state");
    const [set = ""] = (await raw(world.url + auth, { headers: { cookie } })).headers["set-cookie"] ?? [];
    expect(set).toMatch(new RegExp(`^${names.browser}=[\\w-]{43};`));
    expect([planted, cookieOf(victim.browser, names.browser)]).not.toContain(set.split(";")[0]);
    expect(await comeBack(victim, calendly)).toBeNull();
  });
});

test("a name that only looks like ours once blanks are taken off it, is not ours", async () => {
  const victim = await newcomer(world);
  const value = victim.cookies.get(names.session);
  // Browsers keep a cookie whose name begins with this blank apart from ours, and let any host of the site set it.
  for (const name of [`\u00a0${names.session}`, `${names.session}\u00a0`]) {
    const headers = { cookie: `${name}=${value}` };
    expect((await raw(`${world.url}/api/v1/channels/`, { headers })).status).toBe(401);
    const seen = await raw(`${world.url}/api/trpc/session.get`, { headers });
    expect(JSON.parse(seen.text)).toMatchObject({ result: { data: { user: null } } });
  }
});

test("over https every cookie is for this host, this scheme and every path: no other host of the site can set it", async () => {
  const live = await startLive();
  const browser = new Browser(live.at);
  const { email, password } = await browser.signUp();
  const again = { email, password, rememberMe: false };
  const answers = [
    await browser.post("/api/auth/sign-in/email", again),
    await browser.get("/api/v1/channels/zoom/auth"),
    await browser.post("/api/trpc/connect.begin", { provider: "zoom" }),
    await browser.post("/api/auth/sign-out", {}),
    await new Browser(live.at).post("/api/auth/sign-up/email", { email: `x${email}`, password, name: "x" }),
  ];
  for (const answer of answers) expect(answer.status).toBeLessThan(303);
  const lines = answers.flatMap(({ headers }) => headers.getSetCookie());
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) {
    expect(line).toMatch(/^__Host-patchbay[.-]\w+=/);
    const attributes = new Set(line.split("; ").slice(1));
    for (const attribute of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]) expect(attributes).toContain(attribute);
    expect(line).not.toMatch(/; *domain=/i);
  }
  await live.stop();
});

test("two installations on one host name, on two ports, do not sign each other out", async () => {
  await using other = await createWorld();
  const browser = new Browser(world.url);
  await browser.signUp();
  const signedIn = async (url: string) => {
    browser.origin = url;
    return (await browser.get("/api/v1/channels/")).status;
  };
  browser.origin = other.url;
  await browser.signUp();
  expect([await signedIn(world.url), await signedIn(other.url)]).toEqual([200, 200]);
  browser.origin = other.url;
  await browser.get(auth);
  await browser.post("/api/auth/sign-out", {});
  expect([await signedIn(world.url), await signedIn(other.url)]).toEqual([200, 401]);
});

test("a cookie is called after its origin's scheme and port", () => {
  const session = (url: string) => nameCookies(new URL(url)).session;
  expect(
    ["https://a.example", "https://a.example:8443", "http://localhost:3000", "http://localhost"].map(session),
  ).toEqual([
    "__Host-patchbay.session_token",
    "__Host-patchbay-8443.session_token",
    "patchbay-3000.session_token",
    "patchbay.session_token",
  ]);
});
