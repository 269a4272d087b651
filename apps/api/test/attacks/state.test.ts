import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser } from "../harness/browser.ts";
import {
  age,
  altered,
  attemptOf,
  browserCookie,
  comeBack,
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
import { begin, decide, list, subjects, type Subject } from "../harness/walk.ts";
import { createWorld, type World } from "../harness/world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** That a return is refused for its state, touches nothing, and that its owner can still come back. */
async function expectRefused(victim: Victim, subject: Subject, attack: () => Promise<unknown>): Promise<void> {
  const [row, spent] = [await attemptOf(world, victim.state), await exchanges(world, subject)];
  expect(row).toMatchObject({ status: "started" });
  expect(await attack()).toBe("invalid_state");
  expect(await attemptOf(world, victim.state)).toEqual(row);
  expect(await exchanges(world, subject)).toBe(spent);
}

/** Another browser of the same user: it holds the session, not the other's browser cookie. */
function otherBrowser(browser: Browser): Browser {
  const other = browser.copy([sessionCookie(world)]);
  other.cookies.set(browserCookie(world), newSecret());
  return other;
}

describe.each(subjects)("$id: a return", (subject) => {
  const returned = async (browser: Browser, url: URL) => failureIn(await browser.get(signed(world, subject, url)));

  test.each([
    ["8. without a state", null],
    ["9. with an unknown state", newSecret()],
    ["9. with a state that was cut", "cut"],
    ["10. with an empty state", ""],
    ["10. with a state of base64 and JSON", Buffer.from('{"user":1}').toString("base64")],
    ["10. with a state of zero bytes and control characters", "\u0000\u0001\r\n\u007f"],
    ["10. with a state of half characters", "\ud800"],
    ["10. with a state of 10 kB", "a".repeat(10_000)],
    ["10. with two states", "two"],
  ])("%s is refused", async (_what, state) => {
    const victim = await startWalk(world, subject);
    const given = state === "two" ? [victim.state, newSecret()] : state === "cut" ? victim.state.slice(0, -1) : state;
    await expectRefused(victim, subject, () => returned(victim.browser, altered(victim.back, { state: given })));
    await expectStillCompletes(victim, subject);
  });

  test("21. with a session in place of the state is refused, and no address on the way holds one", async () => {
    const victim = await startWalk(world, subject);
    const [session] = await world.sql<{ id: string; token: string; user_id: string }>(
      "select id, token, user_id from session order by created_at desc limit 1",
    );
    for (const part of Object.values(session ?? {})
      .map(String)
      .slice(0, 3)) {
      for (const text of [part, Buffer.from(part).toString("base64"), Buffer.from(part).toString("base64url")]) {
        expect(`${victim.at.href} ${victim.back.href}`).not.toContain(text);
      }
      const state = Buffer.from(part).toString("base64");
      await expectRefused(victim, subject, () => returned(victim.browser, altered(victim.back, { state })));
    }
    await expectStillCompletes(victim, subject);
  });

  test("11. ten minutes and a second after the start is refused", async () => {
    const victim = await startWalk(world, subject);
    const [row] = await world.sql<{ minutes: number }>(
      "select extract(epoch from expires_at - created_at)::int / 60 as minutes from attempt order by created_at desc limit 1",
    );
    expect(row?.minutes).toBe(10);
    await age(world, victim.state, "expires_at = now() - interval '1 second'");
    await expectRefused(victim, subject, () => returned(victim.browser, victim.back));
    await age(world, victim.state, "expires_at = now() + interval '10 seconds'");
    await expectStillCompletes(victim, subject);
  });

  test("14. of one provider at another's address is refused, and it still completes at its own", async () => {
    const victim = await startWalk(world, subject);
    for (const { id, finishesOnReturn } of subjects.filter(({ id }) => id !== subject.id)) {
      const path = `/api/v1/channels/${id}/${finishesOnReturn ? "connect" : "callback"}`;
      const elsewhere = new URL(path + victim.back.search, world.url);
      const spent = await exchanges(world, subject);
      expect(["invalid_state", "invalid_hmac"]).toContain(failureIn(await victim.browser.get(elsewhere)));
      expect(await exchanges(world, subject)).toBe(spent);
    }
    expect(await attemptOf(world, victim.state)).toMatchObject({ status: "started" });
    await expectStillCompletes(victim, subject);
  });

  test("15. of one user in the session of another is refused, and the token endpoint is never called", async () => {
    const [victim, attacker] = [await startWalk(world, subject), await newcomer(world)];
    await expectRefused(victim, subject, () => returned(attacker, victim.back));
    // Even on the victim's own machine: the session alone tells them apart.
    attacker.cookies.set(browserCookie(world), victim.browser.cookies.get(browserCookie(world)) ?? "");
    await expectRefused(victim, subject, () => returned(attacker, victim.back));
    expect(await list(attacker)).toEqual([]);
    await expectStillCompletes(victim, subject);
  });

  test("24. to a link that its author sent to another user connects neither", async () => {
    const [author, other] = await Promise.all([newcomer(world), newcomer(world)]);
    const at = await begin(author, subject);
    const spent = await exchanges(world, subject);
    // The other user follows the link and consents with an account of their own.
    expect(await returned(other, await decide(at, "allow", subject.person))).toBe("invalid_state");
    expect(await exchanges(world, subject)).toBe(spent);
    expect([await list(author), await list(other)]).toEqual([[], []]);
  });

  test("16. in another browser of the same user is refused", async () => {
    const victim = await startWalk(world, subject);
    await expectRefused(victim, subject, () => returned(otherBrowser(victim.browser), victim.back));
    await expectRefused(victim, subject, () => returned(victim.browser.copy([sessionCookie(world)]), victim.back));
    await expectStillCompletes(victim, subject);
  });

  test("17. that was forwarded, without any cookie, is refused", async () => {
    const victim = await startWalk(world, subject);
    await expectRefused(victim, subject, () => returned(world.browser(), victim.back));
    await expectStillCompletes(victim, subject);
  });

  test("with a session cookie that does not hold is refused, in the right browser too", async () => {
    const victim = await startWalk(world, subject);
    for (const value of ["", "x", `${newSecret()}.${"A".repeat(43)}%3D`]) {
      const forged = victim.browser.copy();
      forged.cookies.set(sessionCookie(world), value);
      await expectRefused(victim, subject, () => returned(forged, victim.back));
    }
    await expectStillCompletes(victim, subject);
  });

  test("18. after a sign-out is refused, to whoever signs in then", async () => {
    const victim = await startWalk(world, subject);
    const cookie = victim.browser.cookies.get(browserCookie(world)) ?? "";
    expect((await victim.browser.post("/api/auth/sign-out", {})).status).toBe(200);
    victim.browser.cookies.set(browserCookie(world), cookie);
    await expectRefused(victim, subject, () => returned(victim.browser, victim.back));
    await victim.browser.signUp();
    await expectRefused(victim, subject, () => returned(victim.browser, victim.back));
    expect(await list(victim.browser)).toEqual([]);
  });

  test("25. to a session that the same user began later is refused", async () => {
    const browser = world.browser();
    const { email, password } = await browser.signUp();
    const victim = await startWalk(world, subject, browser);
    await browser.post("/api/auth/sign-in/email", { email, password });
    await expectRefused(victim, subject, () => returned(browser, victim.back));
    expect(await list(browser)).toEqual([]);
  });

  test("19. with the attacker's code and state in the victim's browser is refused", async () => {
    const [attacker, victim] = [await startWalk(world, subject), await newcomer(world)];
    await begin(victim, subject);
    await expectRefused(attacker, subject, () => returned(victim, attacker.back));
    expect(await list(victim)).toEqual([]);
    await expectStillCompletes(attacker, subject);
  });

  test("23. of a second tab does not end the first: both complete", async () => {
    const first = await startWalk(world, subject);
    const second = await startWalk(world, subject, first.browser);
    expect(second.state).not.toBe(first.state);
    expect(await comeBack(second, subject)).toBeNull();
    expect(await comeBack(first, subject)).toBeNull();
  });

  test("22. that denies without a state is told as a denial, to anybody, and changes nothing", async () => {
    const victim = await startWalk(world, subject);
    const row = await attemptOf(world, victim.state);
    const denial = new URL(victim.back.pathname, world.url);
    denial.search = "?error_description=Consent%20denied&error=access_denied";
    for (const browser of [victim.browser, world.browser()]) {
      const { location } = await browser.get(denial);
      // Where returns are signed, an unsigned one says nothing.
      const code = subject.id === "shopify" ? "invalid_state" : "access_denied";
      expect([location?.pathname, location?.searchParams.get("error")]).toEqual(["/integrations", code]);
    }
    expect(await attemptOf(world, victim.state)).toEqual(row);
    await expectStillCompletes(victim, subject);
  });

  test("with a code that nobody asked for here says that the state is what it lacks", async () => {
    const victim = await startWalk(world, subject);
    const { location } = await victim.browser.get(signed(world, subject, altered(victim.back, { state: null })));
    expect(location?.searchParams.get("error")).toBe("invalid_state");
    expect(location?.searchParams.get("field")).toBe("state");
    await expectStillCompletes(victim, subject);
    const { location: other } = await victim.browser.get(
      signed(world, subject, altered(victim.back, { state: newSecret() })),
    );
    expect(other?.searchParams.has("field")).toBe(false);
  });

  test("that is refused and one that is unknown look the same", async () => {
    const victim = await startWalk(world, subject);
    const other = await newcomer(world);
    const looks = async (url: URL) => {
      const { status, location, headers, text } = await other.get(signed(world, subject, url));
      return { status, location: location?.href, text, cookies: headers.getSetCookie() };
    };
    expect(await looks(victim.back)).toEqual(await looks(altered(victim.back, { state: newSecret() })));
  });
});
