import { describe, expect, test } from "vitest";
import { openWorld } from "../harness/open-world.ts";
import {
  age,
  altered,
  attemptOf,
  browserCookie,
  exchanges,
  expectStillCompletes,
  failureIn,
  newcomer,
  newSecret,
  sessionCookie,
  signed,
  startWalk,
  type Victim,
} from "../harness/probe.ts";
import { getSubject, subjects, type Subject } from "../harness/subjects.ts";
import { begin, decide, list } from "../harness/walk.ts";

const world = await openWorld();

type Changes = Parameters<typeof altered>[1];

/** A return as it is after a change, signed anew where the provider signs. */
const changed = (subject: Subject, { back }: Victim, changes: Changes) =>
  signed(world, subject, altered(back, changes));

/** That a return of the right person is refused with this code and changes nothing. */
async function expectRefusal(
  victim: Victim,
  subject: Subject,
  { url, code }: { url: URL; code: string },
): Promise<void> {
  const [row, spent] = [await attemptOf(world, victim.state), await exchanges(world, subject)];
  const answer = await victim.browser.get(url);
  expect([answer.status, answer.location?.pathname, failureIn(answer)]).toEqual([302, "/integrations", code]);
  expect(await attemptOf(world, victim.state)).toEqual(row);
  expect(await exchanges(world, subject)).toBe(spent);
}

const markup = "<script>alert(1)</script>\"'\r\nSet-Cookie: a=b\u202E";

describe.each(subjects)("$id: what a callback contains", (subject) => {
  test("26. a callback that says no ends the attempt with a code of ours, and the provider is asked for nothing", async () => {
    const victim = await startWalk(world, subject);
    const spent = await exchanges(world, subject);
    const denial = changed(subject, victim, { code: null, error: "access_denied", error_description: markup });
    expect(failureIn(await victim.browser.get(denial))).toBe("access_denied");
    expect(await attemptOf(world, victim.state)).toMatchObject({
      status: "failed",
      provider_state: null,
      authorization_response: null,
    });
    // A code that comes for it later is one too late.
    expect(failureIn(await victim.browser.get(victim.back))).toBe("invalid_state");
    expect(await exchanges(world, subject)).toBe(spent);
  });

  test.each([
    ["server_error", "provider_unavailable"],
    ["temporarily_unavailable", "provider_unavailable"],
    ["invalid_scope", "provider_misconfigured"],
    ["unauthorized_client", "provider_misconfigured"],
    ["constructor", "access_denied"],
    [markup, "access_denied"],
  ])("26. a callback with the error %j is %s", async (error, code) => {
    const victim = await startWalk(world, subject);
    expect(failureIn(await victim.browser.get(changed(subject, victim, { code: null, error })))).toBe(code);
  });

  test("27. a long description full of markup reaches neither the page nor the log", async () => {
    const victim = await startWalk(world, subject);
    const description = `canary-description ${markup}`.repeat(100);
    const url = changed(subject, victim, { code: null, error: "access_denied", error_description: description });
    const answer = await victim.browser.get(url);
    const parameters = [...(answer.location?.searchParams.keys() ?? [])].filter(
      (name) => !["paypal", "provider"].includes(name),
    );
    expect(parameters).toEqual(["error"]);
    expect(answer.text + answer.headers.get("location")).not.toContain("canary-description");
    expect(world.logged()).not.toContain("canary-description");
  });

  test("28. a callback with both a code and an error is a no, and the code is not used", async () => {
    const victim = await startWalk(world, subject);
    const spent = await exchanges(world, subject);
    expect(failureIn(await victim.browser.get(changed(subject, victim, { error: "access_denied" })))).toBe(
      "access_denied",
    );
    expect(await exchanges(world, subject)).toBe(spent);
  });

  test("28. a callback with two errors is neither a no nor a yes", async () => {
    const victim = await startWalk(world, subject);
    const url = changed(subject, victim, { error: ["access_denied", "server_error"] });
    await expectRefusal(victim, subject, { url, code: subject.signsReturn ? "invalid_hmac" : "invalid_state" });
    await expectStillCompletes(victim, subject);
  });

  test.each([
    ["without a code", { code: null }],
    ["with an empty code", { code: "" }],
    ["with a list of codes", { code: null, "code[]": ["a", "b"] }],
    ["with two codes", { code: ["a", "b"] }],
  ] as const)("29. a callback %s is refused and changes nothing", async (_what, changes) => {
    const victim = await startWalk(world, subject);
    const unsignable = subject.signsReturn && Object.values(changes).some(Array.isArray);
    const code = unsignable ? "invalid_hmac" : "missing_code";
    await expectRefusal(victim, subject, { url: changed(subject, victim, changes), code });
    await expectStillCompletes(victim, subject);
  });

  test.skipIf(subject.signsReturn).each([
    ["names another issuer", { iss: "https://evil.example" }],
    ["names ours as part of another", { iss: "https://zoom.us.evil.example" }],
    ["names an empty issuer", { iss: "" }],
    ["names two issuers", { iss: ["https://evil.example", "https://zoom.us"] }],
    ["says no in another issuer's name", { iss: "https://evil.example", code: null, error: "access_denied" }],
  ] as const)("30. a callback that %s is refused and changes nothing", async (_what, changes) => {
    const victim = await startWalk(world, subject);
    await expectRefusal(victim, subject, { url: changed(subject, victim, changes), code: "invalid_state" });
    await expectStillCompletes(victim, subject);
  });
});

describe.each(subjects)("$id: the traces of a callback", (subject) => {
  test("37. a callback that comes as HEAD or as a prefetch uses nothing up", async () => {
    const victim = await startWalk(world, subject);
    const row = await attemptOf(world, victim.state);
    const head = await victim.browser.send(victim.back, { method: "HEAD" });
    const looks = await Promise.all(
      [{ "sec-purpose": "prefetch" }, { "sec-purpose": "prefetch;prerender" }, { purpose: "prefetch" }].map((headers) =>
        victim.browser.get(victim.back, headers),
      ),
    );
    expect([head, ...looks].map(({ status, location }) => [status, location])).toEqual([
      [204, undefined],
      ...looks.map(() => [503, undefined]),
    ]);
    // PayPal's return has the path of a POST of ours: one without a body there is a faulty one.
    const posted = subject.finishesOnReturn ? 422 : 404;
    const statuses: number[] = [];
    for (const method of ["PUT", "DELETE", "PATCH", "POST"]) {
      statuses.push((await victim.browser.send(victim.back, { method })).status);
    }
    expect(statuses).toEqual([404, 404, 404, posted]);
    expect(await attemptOf(world, victim.state)).toEqual(row);
    await expectStillCompletes(victim, subject);
  });

  test("37. a request to /auth that comes as HEAD or as a prefetch begins nothing", async () => {
    const browser = await newcomer(world);
    const path = `/api/v1/channels/${subject.id}/auth${subject.opening}`;
    expect((await browser.send(path, { method: "HEAD" })).status).toBe(204);
    expect((await browser.get(path, { "sec-purpose": "prefetch" })).status).toBe(503);
    expect(
      await world.sql("select from attempt a join session s on s.id = a.session_id where s.token = $1", [
        decodeURIComponent(browser.cookies.get(sessionCookie(world)) ?? "").split(".")[0],
      ]),
    ).toEqual([]);
  });

  test("38. a callback is not stored, sends no referrer and stands in no frame, whether it fits or not", async () => {
    const victim = await startWalk(world, subject);
    for (const url of [altered(victim.back, { state: newSecret() }), victim.back]) {
      const { headers, location, text } = await victim.browser.get(url);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("x-frame-options")).toBe("DENY");
      // The state goes on to the page only where the requirements' page posts it back.
      const wanted = "state" in subject.connectBody;
      expect(`${location?.href}`.includes(victim.state) && !wanted).toBe(false);
      expect(headers.get("set-cookie") ?? "").not.toContain(victim.state);
      expect(`${text} ${location?.href} ${headers.get("set-cookie")}`).not.toContain(
        victim.back.searchParams.get("code") ?? "?",
      );
    }
  });

  test("4. a callback leads to our own page, whatever else its address asks for", async () => {
    const victim = await startWalk(world, subject);
    const wishes = [
      "//evil.example",
      "https:evil.example",
      "\\\\evil.example",
      "%2f%2fevil.example",
      "javascript:alert(1)",
    ];
    const names = ["returnTo", "redirect", "redirect_uri", "next", "url", "callbackURL"];
    const extra = Object.fromEntries(names.map((name, at) => [name, wishes[at % wishes.length] ?? ""]));
    const { location } = await victim.browser.get(changed(subject, victim, extra));
    expect(location?.origin).toBe(world.url);
    expect(location?.pathname).toBe("/integrations");
    expect(location?.href).not.toContain("evil");
  });
});

describe.each(subjects)("$id: the order in which a callback is checked", (subject) => {
  test("another user's callback is refused for its state, whatever else is wrong with it", async () => {
    const victim = await startWalk(world, subject);
    const attacker = { ...victim, browser: await newcomer(world) };
    attacker.browser.cookies.set(browserCookie(world), victim.browser.cookies.get(browserCookie(world)) ?? "");
    const wrongs: Changes[] = [
      { code: null },
      { error: "access_denied" },
      { hmac: "0" },
      { iss: "https://evil.example" },
    ];
    for (const wrong of wrongs) {
      await expectRefusal(attacker, subject, { url: altered(victim.back, wrong), code: "invalid_state" });
    }
    await expectStillCompletes(victim, subject);
  });

  test("a denial from another browser, or after the attempt's end, ends nothing", async () => {
    const victim = await startWalk(world, subject);
    const denial = changed(subject, victim, { code: null, error: "access_denied" });
    const elsewhere = { ...victim, browser: victim.browser.copy([sessionCookie(world)]) };
    await expectRefusal(elsewhere, subject, { url: denial, code: "invalid_state" });
    await age(world, victim.state, "expires_at = now() - interval '1 second'");
    await expectRefusal(victim, subject, { url: denial, code: "invalid_state" });
    await age(world, victim.state, "expires_at = now() + interval '10 seconds'");
    await expectStillCompletes(victim, subject);
  });

  test("a session that ran out, without a sign-out, is no session for a callback", async () => {
    const victim = await startWalk(world, subject);
    const token = decodeURIComponent(victim.browser.cookies.get(sessionCookie(world)) ?? "").split(".")[0];
    await world.sql("update session set expires_at = now() - interval '1 second' where token = $1", [token]);
    await expectRefusal(victim, subject, { url: victim.back, code: "invalid_state" });
    const signedOut = { ...victim, browser: victim.browser.copy([browserCookie(world)]) };
    await expectRefusal(signedOut, subject, { url: victim.back, code: "invalid_state" });
    await world.sql("update session set expires_at = now() + interval '1 hour' where token = $1", [token]);
    await expectStillCompletes(victim, subject);
  });
});

const hmacOf = ({ back }: Victim) => back.searchParams.get("hmac") ?? "";

describe("shopify: a signed callback", () => {
  const subject = getSubject("shopify");

  test.each<[string, (victim: Victim) => Changes]>([
    ["without its signature", () => ({ hmac: null })],
    ["with an empty signature", () => ({ hmac: "" })],
    ["with a signature of zeros", () => ({ hmac: "0".repeat(64) })],
    ["with its signature in capitals", (victim) => ({ hmac: hmacOf(victim).toUpperCase() })],
    ["with half its signature", (victim) => ({ hmac: hmacOf(victim).slice(32) })],
    ["with its signature twice", (victim) => ({ hmac: [hmacOf(victim), hmacOf(victim)] })],
    ["with a parameter more", () => ({ extra: "1" })],
    ["with a parameter less", () => ({ host: null })],
    ["with another shop", () => ({ shop: "acme-outlet.myshopify.com" })],
    ["with another code", () => ({ code: "0".repeat(32) })],
    ["with a no that nobody signed", () => ({ error: "access_denied" })],
    ["with a later time", () => ({ timestamp: "9999999999" })],
  ])("31. a signed callback %s is refused, and changes nothing", async (_what, change) => {
    const victim = await startWalk(world, subject);
    await expectRefusal(victim, subject, { url: altered(victim.back, change(victim)), code: "invalid_hmac" });
    await expectStillCompletes(victim, subject);
  });

  test("31. a signature holds in any order of the parameters", async () => {
    const victim = await startWalk(world, subject);
    const back = new URL(victim.back);
    back.search = new URLSearchParams([...victim.back.searchParams].toReversed()).toString();
    await expectStillCompletes({ ...victim, back }, subject);
  });

  test("32. a callback that was signed 91 seconds ago is refused", async () => {
    const victim = await startWalk(world, subject);
    const then = String(Math.floor(Date.now() / 1000) - 92);
    const url = changed(subject, victim, { timestamp: then });
    await expectRefusal(victim, subject, { url, code: "clock_differs" });
    // The operator is told by how much.
    expect(world.logged()).toMatch(/"level":40.*"failure":"clock_differs".*"clockDifference":9\d\b/);
    await expectStillCompletes(victim, subject);
  });

  test("34. the signed shop is adopted, and a POST must name it to the letter", async () => {
    const browser = await newcomer(world);
    const back = await decide(await begin(browser, subject, subject.otherOpening), "allow", subject.other);
    const { location } = await browser.get(back);
    const { shop, code, state } = Object.fromEntries(location?.searchParams ?? []);
    expect(shop).toBe("k3v9ab-x1.myshopify.com");
    const spent = await exchanges(world, subject);
    const others = ["acme-outlet.myshopify.com", "K3V9AB-X1.myshopify.com", "acme-goods.myshopify.com", "", `${shop} `];
    for (const other of others) {
      const answer = await browser.post("/api/v1/channels/shopify/connect", { shop: other, code, state });
      expect([answer.status, answer.json["code"]]).toEqual([404, "attempt_unknown"]);
    }
    expect(await exchanges(world, subject)).toBe(spent);
    const answer = await browser.post("/api/v1/channels/shopify/connect", { shop, code, state });
    expect(answer.json).toMatchObject({ shop: "k3v9ab-x1.myshopify.com", shopName: "Acme Outlet" });
  });
});

test.each([
  "code=abc&shop=acme-goods.myshopify.com&state=abc&verified=true",
  "paypal=success",
  "code=abc",
  "zoom_code=abc",
])("33, 35. %s typed by hand connects nothing", async (query) => {
  const browser = await newcomer(world);
  await browser.get(`/integrations?${query}`);
  expect(await list(browser)).toEqual([]);
  const typed = Object.fromEntries(new URLSearchParams(query));
  for (const { id } of subjects) {
    const body = { authCode: "abc", ...typed, state: "abc", shop: "acme-goods.myshopify.com", code: "abc" };
    const answer = await browser.post(`/api/v1/channels/${id}/connect`, body);
    expect([answer.status, answer.json["code"]]).toEqual([404, "attempt_unknown"]);
  }
});

test("27. a return of 2 MB is refused, and the next request is answered", async () => {
  const browser = await newcomer(world);
  const long = `/api/v1/channels/zoom/callback?error=access_denied&error_description=${"x".repeat(2_000_000)}`;
  const status = await browser.get(long).then(
    (answer) => answer.status,
    () => 0,
  );
  expect([0, 431]).toContain(status);
  expect(await list(browser)).toEqual([]);
});
