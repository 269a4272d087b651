import { afterAll, describe, expect, test } from "vitest";
import type { Answer } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
import { age, eventually, exchanges, failureIn, inTheSameMoment, newcomer, startWalk } from "../harness/probe.ts";
import { getSubject, subjects, type Subject } from "../harness/subjects.ts";
import { begin, bodyOf, decide, list } from "../harness/walk.ts";

const world = await openWorld();
const other = await world.another();
afterAll(() => other.stop());

const fifty = Array.from({ length: 50 }, (_, at) => at);

/** Fifty times at once, every second one at another process: the returns where those finish, else the page's POST. */
async function finishFiftyTimes(
  subject: Subject,
): Promise<{ answers: string[]; browser: Awaited<ReturnType<typeof newcomer>> }> {
  const { browser, back } = await startWalk(world, subject);
  const at = (turn: number) => (turn % 2 === 0 ? world.url : other.url);
  const landing = subject.finishesOnReturn ? undefined : (await browser.get(back)).location;
  const once = async (turn: number): Promise<Answer> =>
    landing === undefined
      ? await browser.get(new URL(back.pathname + back.search, at(turn)))
      : await browser.send(new URL(`/api/v1/channels/${subject.id}/connect`, at(turn)), {
          method: "POST",
          body: bodyOf(subject, landing),
        });
  const answers = await Promise.all(fifty.map(once));
  return { browser, answers: answers.map(({ status, text, location }) => `${status} ${location?.search ?? text}`) };
}

describe.each(subjects)("$id", (subject) => {
  test("13, 43. a ticket that is posted fifty times at once, in two processes, leads to one token request, one connection, and one answer to all", async () => {
    const [spent, before] = [await exchanges(world, subject), await world.control.listRefreshableGrants(subject.id)];
    await world.control.failRequests({ ...subject.token, delayMs: 300 });
    const { browser, answers } = await finishFiftyTimes(subject);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(subject.finishesOnReturn ? /^302 \?paypal=success$/ : /^200 /);
    expect(await exchanges(world, subject)).toBe(spent + 1);
    expect((await world.control.getSummary(subject.id)).maxUsesOfOneCode).toBe(1);
    expect(await list(browser)).toMatchObject([{ status: "active" }]);
    expect((await world.control.listRefreshableGrants(subject.id)).length).toBe(before.length + 1);
  });

  test("43. a ticket that is posted twice in the same moment leads to one token request, and one answer to both", async () => {
    const { browser, back } = await startWalk(world, subject);
    const landing = subject.finishesOnReturn ? undefined : (await browser.get(back)).location;
    const spent = await exchanges(world, subject);
    const once = async (): Promise<Answer> =>
      landing === undefined
        ? await browser.get(back)
        : await browser.post(`/api/v1/channels/${subject.id}/connect`, bodyOf(subject, landing));
    const answers = await inTheSameMoment(world, "select from attempt for update", [once, once]);
    const [one, two] = answers.map(({ status, text, location }) => `${status} ${location?.search ?? text}`);
    expect(one).toMatch(/^(200 |302 \?paypal=success$)/);
    expect(two).toBe(one);
    expect(await exchanges(world, subject)).toBe(spent + 1);
  });

  test("12, 13. the ticket of an attempt that fails, posted fifty times at once, leads to one token request, and one failure for all", async () => {
    const spent = await exchanges(world, subject);
    await world.control.failRequests({ ...subject.token, delayMs: 300, status: 400, body: { error: "invalid_grant" } });
    const { browser, answers } = await finishFiftyTimes(subject);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain("grant_rejected");
    expect(await exchanges(world, subject)).toBe(spent + 1);
    expect(await list(browser)).toEqual([]);
  });

  test.skipIf(subject.finishesOnReturn)(
    "13. of the tickets of one callback that comes fifty times at once, one is good",
    async () => {
      const { browser, back } = await startWalk(world, subject);
      const spent = await exchanges(world, subject);
      const landings = await Promise.all(fifty.map(async () => (await browser.get(back)).location ?? back));
      expect(landings.map((landing) => landing.searchParams.get("error"))).toEqual(fifty.map(() => null));
      const posts = landings.map((landing) =>
        browser.post(`/api/v1/channels/${subject.id}/connect`, bodyOf(subject, landing)),
      );
      const statuses = (await Promise.all(posts)).map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status === 404)).toHaveLength(49);
      expect(await exchanges(world, subject)).toBe(spent + 1);
      expect(await list(browser)).toHaveLength(1);
    },
  );

  test("an answer that comes after the claim's time is not stored, and its grant does not stay where none is kept", async () => {
    const { browser, state, back } = await startWalk(world, subject);
    const landing = subject.finishesOnReturn ? undefined : (await browser.get(back)).location;
    const [credentials, grants] = [await credentialsOf(subject), await world.control.listRefreshableGrants(subject.id)];
    await world.control.failRequests({ ...subject.token, delayMs: 400 });
    const finished =
      landing === undefined
        ? browser.get(back)
        : browser.post(`/api/v1/channels/${subject.id}/connect`, bodyOf(subject, landing));
    await eventually(async () => {
      const [row] = await world.sql<{ status: string }>("select status from attempt where status = 'claimed'");
      expect(row?.status).toBe("claimed");
    });
    await age(world, state, "claimed_until = now() - interval '1 second'");
    expect(failureIn(await finished)).toBe("outcome_unknown");
    expect(await list(browser)).toEqual([]);
    await eventually(async () => {
      expect(await credentialsOf(subject)).toEqual(credentials);
    });
    const left = (await world.control.listRefreshableGrants(subject.id)).length - grants.length;
    expect(subject.grants === "many" ? left : 0).toBe(0);
  });
});

async function credentialsOf(subject: Subject): Promise<{ id: string; ending: boolean }[]> {
  return await world.sql(
    "select id, status = 'disconnecting' as ending from credential where provider = $1 order by id",
    [subject.id],
  );
}

test("3. a hundred starts at once leave no more than the limit allows, and say when to come back", async () => {
  const browser = await newcomer(world);
  const starts = Array.from({ length: 100 }, () => browser.copy().get("/api/v1/channels/zoom/auth"));
  const answers = await Promise.all(starts);
  const begun = answers.filter(({ status }) => status === 302);
  const refused = answers.filter(({ status }) => status === 429);
  expect(begun.length + refused.length).toBe(100);
  // Twenty, and those that the ten connections to the database counted at the same moment.
  expect(begun.length).toBeLessThanOrEqual(20 + 9);
  for (const { headers, json } of refused) {
    expect(json["code"]).toBe("too_many_requests");
    expect(Number(headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  }
  const at = begun[0]?.location;
  expect(at && (await decide(at, "allow", "priya")).pathname).toBe("/api/v1/channels/zoom/callback");
});

test("3. of thirty starts in a minute the thirty-first is refused, though the others are over, and another user's is not", async () => {
  const browser = await newcomer(world);
  const zoom = getSubject("zoom");
  for (let turn = 0; turn < 30; turn++) {
    const at = await begin(browser, zoom);
    const denial = new URL(
      `/api/v1/channels/zoom/callback?error=access_denied&state=${at.searchParams.get("state")}`,
      world.url,
    );
    expect(failureIn(await browser.get(denial))).toBe("access_denied");
  }
  const answer = await browser.get("/api/v1/channels/zoom/auth");
  expect([answer.status, answer.json["code"]]).toEqual([429, "too_many_requests"]);
  const wait = Number(answer.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(30);
  expect(wait).toBeLessThanOrEqual(60);
  expect((await browser.get("/api/v1/channels/calendly/auth")).status).toBe(429);
  expect((await (await newcomer(world)).get("/api/v1/channels/zoom/auth")).status).toBe(302);
});
