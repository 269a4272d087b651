import { describe, expect, test } from "vitest";
import type { Browser } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
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
import { subjects, type Subject } from "../harness/subjects.ts";
import { begin, decide, list } from "../harness/walk.ts";

const world = await openWorld();

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

/** Sends a callback, signed anew where the provider signs. Gives the code of its failure. */
const sendCallback = async (subject: Subject, browser: Browser, url: URL) =>
  failureIn(await browser.get(signed(world, subject, url)));

describe.each(subjects)("$id: a callback with another state", (subject) => {
  test.each([
    ["8. a callback without a state", null],
    ["9. a callback with an unknown state", newSecret()],
    ["9. a callback with a state that was cut", "cut"],
    ["10. a callback with an empty state", ""],
    ["10. a callback with a state of base64 and JSON", Buffer.from('{"user":1}').toString("base64")],
    ["10. a callback with a state of zero bytes and control characters", "\u0000\u0001\r\n\u007f"],
    ["10. a callback with a state of half characters", "\ud800"],
    ["10. a callback with a state of 10 kB", "a".repeat(10_000)],
    ["10. a callback with two states", "two"],
  ])("%s is refused", async (_what, state) => {
    const victim = await startWalk(world, subject);
    const given = state === "two" ? [victim.state, newSecret()] : state === "cut" ? victim.state.slice(0, -1) : state;
    await expectRefused(victim, subject, () =>
      sendCallback(subject, victim.browser, altered(victim.back, { state: given })),
    );
    await expectStillCompletes(victim, subject);
  });

  test("21. a callback with a session in place of the state is refused, and no address on the way holds one", async () => {
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
      await expectRefused(victim, subject, () =>
        sendCallback(subject, victim.browser, altered(victim.back, { state })),
      );
    }
    await expectStillCompletes(victim, subject);
  });

  test("11. a callback ten minutes and a second after the start is refused", async () => {
    const victim = await startWalk(world, subject);
    const [row] = await world.sql<{ minutes: number }>(
      "select extract(epoch from expires_at - created_at)::int / 60 as minutes from attempt order by created_at desc limit 1",
    );
    expect(row?.minutes).toBe(10);
    await age(world, victim.state, "expires_at = now() - interval '1 second'");
    await expectRefused(victim, subject, () => sendCallback(subject, victim.browser, victim.back));
    await age(world, victim.state, "expires_at = now() + interval '10 seconds'");
    await expectStillCompletes(victim, subject);
  });

  test("14. a callback of one provider at another's address is refused, and it still completes at its own", async () => {
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

  test("22. a denial without a state is told to anybody as a denial, and changes nothing", async () => {
    const victim = await startWalk(world, subject);
    const row = await attemptOf(world, victim.state);
    const denial = new URL(victim.back.pathname, world.url);
    denial.search = "?error_description=Consent%20denied&error=access_denied";
    for (const browser of [victim.browser, world.browser()]) {
      const { location } = await browser.get(denial);
      // Where returns are signed, an unsigned one says nothing.
      const code = subject.signsReturn ? "invalid_state" : "access_denied";
      expect([location?.pathname, location?.searchParams.get("error")]).toEqual(["/integrations", code]);
    }
    expect(await attemptOf(world, victim.state)).toEqual(row);
    await expectStillCompletes(victim, subject);
  });

  test("the failure of a callback without a state names the state as the missing field", async () => {
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

  test("the answers to a refused and to an unknown callback look the same", async () => {
    const victim = await startWalk(world, subject);
    const other = await newcomer(world);
    const looks = async (url: URL) => {
      const { status, location, headers, text } = await other.get(signed(world, subject, url));
      return { status, location: location?.href, text, cookies: headers.getSetCookie() };
    };
    expect(await looks(victim.back)).toEqual(await looks(altered(victim.back, { state: newSecret() })));
  });
});

describe.each(subjects)("$id: a callback in another session or browser", (subject) => {
  test("15. a callback of one user in the session of another is refused, and the token endpoint is never called", async () => {
    const [victim, attacker] = [await startWalk(world, subject), await newcomer(world)];
    await expectRefused(victim, subject, () => sendCallback(subject, attacker, victim.back));
    // Even on the victim's own machine: the session alone tells them apart.
    attacker.cookies.set(browserCookie(world), victim.browser.cookies.get(browserCookie(world)) ?? "");
    await expectRefused(victim, subject, () => sendCallback(subject, attacker, victim.back));
    expect(await list(attacker)).toEqual([]);
    await expectStillCompletes(victim, subject);
  });

  test("24. an authorization link that its author sent to another user connects neither", async () => {
    const [author, other] = await Promise.all([newcomer(world), newcomer(world)]);
    const at = await begin(author, subject);
    const spent = await exchanges(world, subject);
    // The other user follows the link and consents with an account of their own.
    expect(await sendCallback(subject, other, await decide(at, "allow", subject.person))).toBe("invalid_state");
    expect(await exchanges(world, subject)).toBe(spent);
    expect([await list(author), await list(other)]).toEqual([[], []]);
  });

  test("16. a callback in another browser of the same user is refused", async () => {
    const victim = await startWalk(world, subject);
    await expectRefused(victim, subject, () => sendCallback(subject, otherBrowser(victim.browser), victim.back));
    await expectRefused(victim, subject, () =>
      sendCallback(subject, victim.browser.copy([sessionCookie(world)]), victim.back),
    );
    await expectStillCompletes(victim, subject);
  });

  test("17. a callback that was forwarded, without any cookie, is refused", async () => {
    const victim = await startWalk(world, subject);
    await expectRefused(victim, subject, () => sendCallback(subject, world.browser(), victim.back));
    await expectStillCompletes(victim, subject);
  });

  test("a callback with a session cookie that does not hold is refused, in the right browser too", async () => {
    const victim = await startWalk(world, subject);
    for (const value of ["", "x", `${newSecret()}.${"A".repeat(43)}%3D`]) {
      const forged = victim.browser.copy();
      forged.cookies.set(sessionCookie(world), value);
      await expectRefused(victim, subject, () => sendCallback(subject, forged, victim.back));
    }
    await expectStillCompletes(victim, subject);
  });

  test("18. a callback after a sign-out is refused, also to the user who signs in then", async () => {
    const victim = await startWalk(world, subject);
    const cookie = victim.browser.cookies.get(browserCookie(world)) ?? "";
    expect((await victim.browser.post("/api/auth/sign-out", {})).status).toBe(200);
    victim.browser.cookies.set(browserCookie(world), cookie);
    await expectRefused(victim, subject, () => sendCallback(subject, victim.browser, victim.back));
    await victim.browser.signUp();
    await expectRefused(victim, subject, () => sendCallback(subject, victim.browser, victim.back));
    expect(await list(victim.browser)).toEqual([]);
  });

  test("25. a callback in a session that the same user began later is refused", async () => {
    const browser = world.browser();
    const { email, password } = await browser.signUp();
    const victim = await startWalk(world, subject, browser);
    await browser.post("/api/auth/sign-in/email", { email, password });
    await expectRefused(victim, subject, () => sendCallback(subject, browser, victim.back));
    expect(await list(browser)).toEqual([]);
  });

  test("19. a callback with the attacker's code and state in the victim's browser is refused", async () => {
    const [attacker, victim] = [await startWalk(world, subject), await newcomer(world)];
    await begin(victim, subject);
    await expectRefused(attacker, subject, () => sendCallback(subject, victim, attacker.back));
    expect(await list(victim)).toEqual([]);
    await expectStillCompletes(attacker, subject);
  });

  test("23. a second tab does not end the attempt of the first: both complete", async () => {
    const first = await startWalk(world, subject);
    const second = await startWalk(world, subject, first.browser);
    expect(second.state).not.toBe(first.state);
    expect(await comeBack(second, subject)).toBeNull();
    expect(await comeBack(first, subject)).toBeNull();
  });
});
