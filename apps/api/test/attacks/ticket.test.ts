import { describe, expect, test } from "vitest";
import type { Answer, Browser } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
import {
  age,
  attemptOf,
  browserCookie,
  exchanges,
  failureIn,
  newcomer,
  newSecret,
  sessionCookie,
  startWalk,
} from "../harness/probe.ts";
import { getSubject, subjects, type Subject } from "../harness/subjects.ts";
import { bodyOf, connect, list } from "../harness/walk.ts";

const world = await openWorld();

type Body = Record<string, string>;

interface Landed {
  browser: Browser;
  state: string;
  /** The provider's code, which the page never sees. */
  code: string;
  body: Body;
  landing: URL;
}

/** Walks to where the page has its ticket. */
async function landed(subject: Subject): Promise<Landed> {
  const { browser, state, back } = await startWalk(world, subject);
  const { location } = await browser.get(back);
  if (location === undefined) throw new Error("no landing");
  return {
    browser,
    state,
    code: back.searchParams.get("code") ?? "",
    body: bodyOf(subject, location),
    landing: location,
  };
}

const post = (browser: Browser, provider: string, body: Body): Promise<Answer> =>
  browser.post(`/api/v1/channels/${provider}/connect`, body);

/** The ticket's name in the body. */
const ticketField = ({ connectBody }: Subject) => ("authCode" in connectBody ? "authCode" : "code");

/** That a POST finds nothing and touches nothing. */
async function expectUnknown(owner: Landed, subject: Subject, attack: () => Promise<Answer>): Promise<void> {
  const [row, spent] = [await attemptOf(world, owner.state), await exchanges(world, subject)];
  const answer = await attack();
  expect([answer.status, answer.json["code"]]).toEqual([404, "attempt_unknown"]);
  expect(await attemptOf(world, owner.state)).toEqual(row);
  expect(await exchanges(world, subject)).toBe(spent);
}

async function expectFinishes({ browser, body }: Landed, subject: Subject): Promise<void> {
  expect((await post(browser, subject.id, body)).status).toBe(200);
}

const byTicket = subjects.filter(({ finishesOnReturn }) => !finishesOnReturn);

describe.each(byTicket)("$id: a ticket in other hands", (subject) => {
  test("15. the ticket of one user is unknown to another", async () => {
    const [owner, thief] = [await landed(subject), await newcomer(world)];
    await expectUnknown(owner, subject, () => post(thief, subject.id, owner.body));
    thief.cookies.set(browserCookie(world), owner.browser.cookies.get(browserCookie(world)) ?? "");
    await expectUnknown(owner, subject, () => post(thief, subject.id, owner.body));
    expect(await list(thief)).toEqual([]);
    await expectFinishes(owner, subject);
  });

  test("16. a ticket is unknown in another browser of its user, and in one without the browser cookie", async () => {
    const owner = await landed(subject);
    const other = owner.browser.copy([sessionCookie(world)]);
    await expectUnknown(owner, subject, () => post(other, subject.id, owner.body));
    for (const value of [newSecret(), "", "x".repeat(43), `${owner.browser.cookies.get(browserCookie(world))}x`]) {
      other.cookies.set(browserCookie(world), value);
      await expectUnknown(owner, subject, () => post(other, subject.id, owner.body));
    }
    await expectFinishes(owner, subject);
  });

  test("25. a ticket is unknown in another session of its user in the same browser", async () => {
    const owner = await landed(subject);
    const token = decodeURIComponent(owner.browser.cookies.get(sessionCookie(world)) ?? "").split(".")[0] ?? "";
    // As signing in a second time does: the attempt's session lives, and it is not this one.
    const later = await newcomer(world);
    const laterToken = decodeURIComponent(later.cookies.get(sessionCookie(world)) ?? "").split(".")[0] ?? "";
    await world.sql("update session set user_id = (select user_id from session where token = $1) where token = $2", [
      token,
      laterToken,
    ]);
    later.cookies.set(browserCookie(world), owner.browser.cookies.get(browserCookie(world)) ?? "");
    await expectUnknown(owner, subject, () => post(later, subject.id, owner.body));
    await expectFinishes(owner, subject);
  });

  test("17. a ticket without a session is 401, and stays good for its owner", async () => {
    const owner = await landed(subject);
    const row = await attemptOf(world, owner.state);
    const answer = await post(owner.browser.copy([browserCookie(world)]), subject.id, owner.body);
    expect([answer.status, answer.json["code"]]).toEqual([401, "unauthenticated"]);
    expect(await attemptOf(world, owner.state)).toEqual(row);
    await expectFinishes(owner, subject);
  });

  test("18. a ticket is refused after its session was signed out", async () => {
    const owner = await landed(subject);
    const cookies = owner.browser.copy();
    await owner.browser.post("/api/auth/sign-out", {});
    const spent = await exchanges(world, subject);
    expect((await post(cookies, subject.id, owner.body)).status).toBe(401);
    expect(await exchanges(world, subject)).toBe(spent);
  });

  test("a ticket that comes by tRPC is held to the same rules", async () => {
    const owner = await landed(subject);
    const thief = await newcomer(world);
    const echo = owner.body["shop"] === undefined ? {} : { echo: { shop: owner.body["shop"] } };
    const input = { provider: subject.id, ticket: owner.body[ticketField(subject)], state: owner.state, ...echo };
    for (const [browser, sent] of [
      [thief, input],
      [owner.browser.copy([sessionCookie(world)]), input],
      [owner.browser, { ...input, provider: "paypal" }],
      [owner.browser, { ...input, ticket: owner.code }],
      [owner.browser, { ...input, state: newSecret() }],
    ] as const) {
      const row = await attemptOf(world, owner.state);
      expect((await browser.post("/api/trpc/connect.finish", sent)).status).toBe(404);
      expect(await attemptOf(world, owner.state)).toEqual(row);
    }
    expect((await owner.browser.post("/api/trpc/connect.finish", input)).status).toBe(200);
  });
});

describe.each(byTicket)("$id: a ticket that does not fit", (subject) => {
  test("a ticket is no code, and the code is no ticket", async () => {
    const owner = await landed(subject);
    expect(owner.landing.href).not.toContain(owner.code);
    await expectUnknown(owner, subject, () =>
      post(owner.browser, subject.id, { ...owner.body, [ticketField(subject)]: owner.code }),
    );
    await expectFinishes(owner, subject);
  });

  test("36. a ticket that is posted to another provider's connect is 404, and still completes at its own", async () => {
    const owner = await landed(subject);
    for (const { id } of subjects.filter(({ id }) => id !== subject.id)) {
      const ticket = owner.body[ticketField(subject)] ?? "";
      const body = { shop: "acme-goods.myshopify.com", authCode: ticket, code: ticket, state: owner.state };
      await expectUnknown(owner, subject, () => post(owner.browser, id, body));
    }
    await expectFinishes(owner, subject);
  });

  test("a ticket with another state than its own is 404", async () => {
    const [owner, other] = [await landed(subject), await startWalk(world, subject)];
    for (const state of [newSecret(), other.state, "x"]) {
      await expectUnknown(owner, subject, () => post(owner.browser, subject.id, { ...owner.body, state }));
    }
    await expectFinishes(owner, subject);
  });

  test("a ticket that is guessed, cut or made longer is 404", async () => {
    const owner = await landed(subject);
    const ticket = owner.body[ticketField(subject)] ?? "";
    for (const guess of [
      newSecret(),
      ticket.slice(1),
      `${ticket}=`,
      `${ticket}&`,
      ticket.toLowerCase(),
      "\u0000",
      "%",
    ]) {
      const body = { ...owner.body, [ticketField(subject)]: guess };
      await expectUnknown(owner, subject, () => post(owner.browser, subject.id, body));
    }
    await expectFinishes(owner, subject);
  });
});

describe.each(byTicket)("$id: the life of a ticket", (subject) => {
  test("11. a ticket is good for two minutes, and a second callback brings another", async () => {
    const owner = await startWalk(world, subject);
    const { location } = await owner.browser.get(owner.back);
    const [row] = await world.sql<{ seconds: number }>(
      "select round(extract(epoch from ticket_until - now()))::int as seconds from attempt where ticket_hash is not null order by created_at desc limit 1",
    );
    expect(row?.seconds).toBeGreaterThan(110);
    expect(row?.seconds).toBeLessThanOrEqual(120);
    await age(world, owner.state, "ticket_until = now() - interval '1 second'");
    const late = { ...(await landedFrom(owner, subject, location)) };
    await expectUnknown(late, subject, () => post(owner.browser, subject.id, late.body));
    const again = (await owner.browser.get(owner.back)).location;
    expect(again?.href).not.toBe(location?.href);
    await expectFinishes(await landedFrom(owner, subject, again), subject);
  });

  test("11. a ticket ends with its attempt", async () => {
    const owner = await landed(subject);
    await age(world, owner.state, "expires_at = now() - interval '1 second'");
    await expectUnknown(owner, subject, () => post(owner.browser, subject.id, owner.body));
    await age(world, owner.state, "expires_at = now() + interval '10 seconds'");
    await expectFinishes(owner, subject);
  });

  test("12. a ticket that is posted again gives the same result without a request, and stays unknown to others", async () => {
    const owner = await landed(subject);
    const first = await post(owner.browser, subject.id, owner.body);
    const spent = await exchanges(world, subject);
    const second = await post(owner.browser, subject.id, owner.body);
    expect([second.status, second.json]).toEqual([200, first.json]);
    const thief = await newcomer(world);
    thief.cookies.set(browserCookie(world), owner.browser.cookies.get(browserCookie(world)) ?? "");
    expect((await post(thief, subject.id, owner.body)).status).toBe(404);
    expect(await exchanges(world, subject)).toBe(spent);
  });

  test("12. the ticket of a failed attempt gives the same failure, without a request", async () => {
    const owner = await landed(subject);
    await world.control.failRequests({ ...subject.token, status: 400, body: { error: "invalid_grant" } });
    const first = await post(owner.browser, subject.id, owner.body);
    expect([first.status, first.json["code"]]).toEqual([400, "grant_rejected"]);
    const spent = await exchanges(world, subject);
    const second = await post(owner.browser, subject.id, owner.body);
    expect([second.status, second.json]).toEqual([400, first.json]);
    expect(await exchanges(world, subject)).toBe(spent);
    expect(await attemptOf(world, owner.state)).toMatchObject({
      status: "failed",
      provider_state: null,
      authorization_response: null,
    });
  });

  test("a ticket after its claim's time ends the attempt: outcome unknown, and the code is not sent again", async () => {
    const owner = await landed(subject);
    // As if the process that held the claim had died.
    await age(world, owner.state, "status = 'claimed', claimed_until = now() - interval '1 second'");
    const spent = await exchanges(world, subject);
    const answer = await post(owner.browser, subject.id, owner.body);
    expect([answer.status, answer.json["code"]]).toEqual([409, "outcome_unknown"]);
    expect(answer.json["message"]).toBe("We could not confirm the connection. Please start again.");
    expect(await exchanges(world, subject)).toBe(spent);
    await connect(owner.browser, subject);
  });
});

async function landedFrom(
  { browser, state, back }: Awaited<ReturnType<typeof startWalk>>,
  subject: Subject,
  location: URL | undefined,
): Promise<Landed> {
  if (location === undefined) throw new Error("no landing");
  return {
    browser,
    state,
    code: back.searchParams.get("code") ?? "",
    body: bodyOf(subject, location),
    landing: location,
  };
}

describe("paypal: a code without a ticket", () => {
  const subject = getSubject("paypal");

  test("a code is not taken from a page that is not its redirect URI, and its callback still completes", async () => {
    const owner = await startWalk(world, subject);
    const row = await attemptOf(world, owner.state);
    const body = { authCode: owner.back.searchParams.get("code") ?? "", state: owner.state };
    expect(failureIn(await post(owner.browser, "paypal", body))).toBe("attempt_unknown");
    expect(await attemptOf(world, owner.state)).toEqual(row);
    expect((await owner.browser.get(owner.back)).location?.search).toBe("?paypal=success");
  });

  test("12. a callback that comes again after success is a success again, without another exchange, and for its user alone", async () => {
    const owner = await startWalk(world, subject);
    expect((await owner.browser.get(owner.back)).location?.search).toBe("?paypal=success");
    const spent = await exchanges(world, subject);
    expect((await owner.browser.get(owner.back)).location?.search).toBe("?paypal=success");
    expect(failureIn(await (await newcomer(world)).get(owner.back))).toBe("invalid_state");
    expect(await exchanges(world, subject)).toBe(spent);
    expect(await list(owner.browser)).toHaveLength(1);
  });

  test("12. a callback that comes again after a failure is refused, without another exchange", async () => {
    const owner = await startWalk(world, subject);
    await world.control.failRequests({ ...subject.token, status: 400, body: { error: "access_denied" } });
    expect(failureIn(await owner.browser.get(owner.back))).toBe("grant_rejected");
    const spent = await exchanges(world, subject);
    expect(failureIn(await owner.browser.get(owner.back))).toBe("invalid_state");
    expect(await exchanges(world, subject)).toBe(spent);
  });

  test("a callback after its claim's time has an unknown outcome, and its code is not sent again", async () => {
    const owner = await startWalk(world, subject);
    await age(world, owner.state, "status = 'claimed', claimed_until = now() - interval '1 second'");
    const spent = await exchanges(world, subject);
    expect(failureIn(await owner.browser.get(owner.back))).toBe("outcome_unknown");
    expect(await exchanges(world, subject)).toBe(spent);
  });
});
