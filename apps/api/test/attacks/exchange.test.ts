import { describe, expect, test } from "vitest";
import { failures } from "@patchbay/core/errors";
import type { FaultOrder } from "@patchbay/sandbox/client";
import { openWorld } from "../harness/open-world.ts";
import {
  altered,
  attemptOf,
  comeBack,
  eventually,
  exchanges,
  expectStillCompletes,
  newcomer,
  quiet,
  startWalk,
} from "../harness/probe.ts";
import { getSubject, subjects, type Subject } from "../harness/subjects.ts";
import { connect, decide, disconnect, list } from "../harness/walk.ts";

const world = await openWorld();

async function expectNothingStored(subject: Subject): Promise<void> {
  await eventually(async () => {
    expect(await world.sql("select status, reason from credential where provider = $1", [subject.id])).toEqual([]);
  });
  expect(await world.sql("select from connection where provider = $1", [subject.id])).toEqual([]);
}

type Trouble = [what: string, fault: Partial<FaultOrder>, code: string];

const anyCall: Trouble[] = [
  ["breaks down", { status: 500, body: "oops" }, "provider_unavailable"],
  ["is overloaded", { status: 429, headers: { "retry-after": "7" } }, "provider_unavailable"],
  ["answers in HTML", { status: 200, body: "<html><script>alert(1)</script></html>" }, "provider_misbehaved"],
  ["answers nothing", { status: 200, body: "" }, "provider_misbehaved"],
  ["answers JSON cut short", { status: 200, body: '{"access_token":"abc' }, "provider_misbehaved"],
  ["answers null", { status: 200, body: "null" }, "provider_misbehaved"],
  [
    "answers another shape",
    { status: 200, body: { id: {}, data: [], resource: "x", payer_id: 7 } },
    "provider_misbehaved",
  ],
  ["sends us elsewhere", { status: 307, headers: { location: "http://127.0.0.1:9/" } }, "provider_misbehaved"],
  ["answers 10 MB", { bytes: 10_000_000 }, "provider_misbehaved"],
];

describe.each(subjects)("$id: a token endpoint that", (subject) => {
  test.each<Trouble>([
    ...anyCall,
    ["answers 200 with an error", { status: 200, body: { error: "server_error" } }, "provider_misbehaved"],
    [
      "answers a token of another type",
      { status: 200, body: { access_token: "a", token_type: "mac" } },
      "provider_misbehaved",
    ],
    ["does not know us", { status: 401, body: { error: "invalid_client" } }, "provider_misconfigured"],
    ["hangs up before", { drop: "before" }, "outcome_unknown"],
    ["hangs up after", { drop: "after" }, "outcome_unknown"],
  ])("40. a token endpoint that %s connects nothing, and is asked once", async (_what, fault, code) => {
    const victim = await startWalk(world, subject);
    const spent = await exchanges(world, subject);
    await world.control.failRequests({ ...subject.token, ...fault });
    expect(await comeBack(victim, subject)).toBe(code);
    expect(failures).toHaveProperty(code);
    expect(await exchanges(world, subject)).toBe(spent + 1);
    expect(await attemptOf(world, victim.state)).toMatchObject({
      status: "failed",
      failure: code,
      provider_state: null,
      authorization_response: null,
    });
    await expectNothingStored(subject);
  });
});

const liveGrants = async (subject: Subject): Promise<number> =>
  (await world.control.listRefreshableGrants(subject.id)).length;

/** That no more grants live than before. Where an account has one grant, a job first finds out whose it was. */
const expectNoneLeft = async (subject: Subject, before: number) =>
  await eventually(async () => expect(await liveGrants(subject)).toBeLessThanOrEqual(before));

const allowLess = async (scopes: string) =>
  await world.control.changeProvider({ provider: "shopify", grantedScopes: scopes });

describe.each(subjects)("$id: an identity that", (subject) => {
  test.each<Trouble>([
    ...anyCall,
    ["hangs up before", { drop: "before" }, "provider_unavailable"],
    ["hangs up after", { drop: "after" }, "provider_unavailable"],
  ])("44. an identity endpoint that %s leaves nothing, here or there", async (_what, fault, code) => {
    const victim = await startWalk(world, subject);
    const before = await liveGrants(subject);
    await world.control.failRequests({ ...subject.identity, ...fault });
    expect(await comeBack(victim, subject)).toBe(code);
    await expectNothingStored(subject);
    await expectNoneLeft(subject, before);
  });
});

test.each(subjects)("40. after all that trouble, the next attempt with $id succeeds", async (subject) => {
  const browser = await newcomer(world);
  const row = await connect(browser, subject);
  expect((await disconnect(browser, subject, row.id)).status).toBe(200);
});

test.each(subjects)(
  "57. a database that does not take $id's credential leaves nothing, here or where it can be ended",
  async (subject) => {
    const victim = await startWalk(world, subject);
    const before = await liveGrants(subject);
    await world.sql("alter table credential add constraint refused check (false) not valid");
    const failure = await comeBack(victim, subject);
    await world.sql("alter table credential drop constraint refused");
    expect(failure).toBe("internal");
    expect(await attemptOf(world, victim.state)).toMatchObject({
      status: "failed",
      provider_state: null,
      authorization_response: null,
    });
    await expectNothingStored(subject);
    await quiet(world);
    // Where an account has one grant, it is not ended without a look whether somebody else's is stored: it is told in the log.
    expect(await liveGrants(subject)).toBe(before + (subject.grants === "many" ? 0 : 1));
    expect(world.logged()).toMatch(
      /a grant could neither be stored as a connection nor as an orphaned grant.*"errors":\[/,
    );
  },
);

test("one provider's trouble is not another's", async () => {
  const victim = await startWalk(world, getSubject("calendly"));
  const { browser } = victim;
  await world.control.failRequests({ ...getSubject("calendly").token, delayMs: 1_000, status: 500 });
  const slow = comeBack(victim, getSubject("calendly"));
  for (const id of ["paypal", "shopify", "stripe", "zoom"]) await connect(browser, getSubject(id));
  expect(await list(browser)).toHaveLength(4);
  expect(await slow).toBe("provider_unavailable");
  for (const row of await list(browser)) await disconnect(browser, getSubject(row.provider), row.id);
});

describe.each(["calendly", "zoom"].map(getSubject))("$id: a code", (subject) => {
  test("20. a code of the attacker, put into the victim's return, does not fit the victim's proof key", async () => {
    const [victim, attacker] = [await startWalk(world, subject), await startWalk(world, subject)];
    const code = attacker.back.searchParams.get("code") ?? "";
    expect(await comeBack({ ...victim, back: altered(victim.back, { code }) }, subject)).toBe("grant_rejected");
    expect(await list(victim.browser)).toEqual([]);
    await expectNothingStored(subject);
    const row = await expectStillCompletes(attacker, subject);
    await disconnect(attacker.browser, subject, row.id);
  });

  test("20. a code is sent with the verifier of the challenge that was shown, by S256, and both are new each time", async () => {
    const [one, two] = [await startWalk(world, subject), await startWalk(world, subject)];
    for (const { at } of [one, two]) {
      expect(at.searchParams.get("code_challenge_method")).toBe("S256");
      expect(at.searchParams.get("code_challenge")).toMatch(/^[\w-]{43}$/);
    }
    expect(one.at.searchParams.get("code_challenge")).not.toBe(two.at.searchParams.get("code_challenge"));
  });
});

describe("a token answer", () => {
  const rotating = subjects.filter(({ refreshToken }) => refreshToken === "single-use" || refreshToken === "rotating");

  test.each(rotating)(
    "41. a token answer without a refresh token is no connection with $id, which would lose it within hours",
    async (subject) => {
      const before = await liveGrants(subject);
      const victim = await startWalk(world, subject);
      await world.control.changeProvider({ provider: subject.id, token: { refresh_token: null } });
      const failure = await comeBack(victim, subject);
      await world.control.changeProvider({ provider: subject.id, token: null });
      expect(failure).toBe("provider_misbehaved");
      await expectNothingStored(subject);
      await expectNoneLeft(subject, before);
    },
  );

  test.each([null, "7200", "-5", -5, 0, "soon", 1_795_435_200, 1_795_435_200_000, 1e300])(
    "41. a token answer with expires_in %j connects, and what is stored can be opened again",
    async (expires_in) => {
      const subject = getSubject("calendly");
      const browser = await newcomer(world);
      await world.control.changeProvider({ provider: subject.id, token: { expires_in } });
      const row = await connect(browser, subject);
      await world.control.changeProvider({ provider: subject.id, token: null });
      // The job that registers for its events renews a token that counts as ending now, and holds it as long.
      const registering =
        "select from patchbay_worker.jobs j, connection c where c.id = $1 and j.key = 'subscribe:' || c.credential_id";
      await eventually(async () => expect(await world.sql(registering, [row.id])).toEqual([]));
      const receipt = await disconnect(browser, subject, row.id);
      expect(receipt.json["revocations"]).toEqual([{ outcome: "revoked" }]);
    },
  );
});

test("the shop that Shopify names for a token is the one whose return was signed, or nothing is connected", async () => {
  const subject = getSubject("shopify");
  const victim = await startWalk(world, subject);
  await world.control.changeProvider({
    provider: subject.id,
    person: subject.person,
    answer: { myshopifyDomain: "acme-outlet.myshopify.com" },
  });
  expect(await comeBack(victim, subject)).toBe("provider_misbehaved");
  await world.control.changeProvider({ provider: subject.id, person: subject.person, answer: null });
  await expectNothingStored(subject);
});

describe("an account whose user allowed less than is needed", () => {
  const shopify = getSubject("shopify");

  test("42. an account whose user allowed less than is needed is not connected, and as nobody else has it the access is ended", async () => {
    const victim = await startWalk(world, shopify);
    await allowLess("read_orders");
    // The grant is of a consent given now.
    const refused = await startWalk(world, shopify, victim.browser);
    await allowLess("read_products");
    expect(await comeBack(refused, shopify)).toBe("scope_missing");
    await expectNothingStored(shopify);
    expect(await liveGrants(shopify)).toBe(0);
    const audit = await world.sql(
      "select action, details from audit_event where action = 'refused' and details->>'failure' = 'scope_missing'",
    );
    expect(audit).toHaveLength(1);
  });
});

describe.each(subjects)("$id: an account", (subject) => {
  test("47. an account other than the one to be reconnected is blocked, and the stored credential stays as it was, to the byte", async () => {
    const browser = await newcomer(world);
    const row = await connect(browser, subject);
    const stored = await world.sql("select id, secret, version, status from credential where provider = $1", [
      subject.id,
    ]);
    const answer = await browser.get(
      `/api/v1/channels/${subject.id}/auth${subject.otherOpening}${subject.otherOpening ? "&" : "?"}connection=${row.id}`,
    );
    if (answer.location === undefined) throw new Error(answer.text);
    const back = await decide(answer.location, "allow", subject.other);
    expect(await comeBack({ browser, back }, subject)).toBe("account_mismatch");
    await eventually(async () => {
      expect(
        await world.sql("select id, secret, version, status from credential where provider = $1", [subject.id]),
      ).toEqual(stored);
    });
    const people = (await world.control.listRefreshableGrants(subject.id)).map(({ person }) => person);
    expect(people).toContain(subject.person);
    expect(people.includes(subject.other) && subject.revokes).toBe(false);
    await disconnect(browser, subject, row.id);
  });

  test("47. an account of another user cannot be named as the one to be reconnected", async () => {
    const [owner, other] = [await newcomer(world), await newcomer(world)];
    const row = await connect(owner, subject);
    const query = (id: number | string) => `${subject.opening}${subject.opening ? "&" : "?"}connection=${id}`;
    for (const id of [row.id, row.id + 1_000_000]) {
      const answer = await other.get(`/api/v1/channels/${subject.id}/auth${query(id)}`);
      expect([answer.status, answer.json["code"]]).toEqual([404, "connection_unknown"]);
    }
    for (const id of ["-1", "0", "1.5", "x", "9007199254740993", "1&connection=2"]) {
      const answer = await other.get(`/api/v1/channels/${subject.id}/auth${query(id)}`);
      expect([answer.status, answer.json["field"]]).toEqual([422, "connection"]);
    }
    await disconnect(owner, subject, row.id);
  });

  test("46. an account connected again by its user, and by another, is told in the audit", async () => {
    const [one, two] = [await newcomer(world), await newcomer(world)];
    const row = await connect(one, subject);
    await connect(one, subject);
    const theirs = await connect(two, subject);
    const events = await world.sql<{ action: string }>(
      "select action, actor from audit_event where connection_id = any($1) order by id",
      [[row.id, theirs.id]],
    );
    expect(events.map(({ action }) => action)).toEqual(["connected", "reconnected", "connected"]);
    await disconnect(one, subject, row.id);
    await disconnect(two, subject, theirs.id);
  });
});

describe("an account whose name is", () => {
  const names = [
    `<img src=x onerror=alert(1)>\u202Egnp.exe $& $\` ' " \\ \r\n {{constructor.constructor('alert(1)')()}} \u0000\ud800`,
    `=cmd|"/c calc"!A1 ${"👩‍👩‍👧".repeat(2_000)}`,
  ];
  const answers: Record<string, (name: string) => Record<string, unknown>> = {
    calendly: (name) => ({ resource: { name, email: name, scheduling_url: name, timezone: name } }),
    paypal: (name) => ({ name, emails: [{ value: name, primary: true }] }),
    shopify: (name) => ({ name, email: name }),
    stripe: (name) => ({ email: name, country: name, type: name, business_profile: { name } }),
    zoom: (name) => ({ display_name: name, email: name, account_id: name }),
  };

  test.each(names.flatMap((name) => subjects.map((subject) => ({ name, subject, id: subject.id }))))(
    "45. an account whose name is $name is listed at $id as tidied text, and nothing else",
    async ({ name, subject }) => {
      const browser = await newcomer(world);
      await world.control.changeProvider({
        provider: subject.id,
        person: subject.person,
        answer: answers[subject.id]?.(name) ?? {},
      });
      const row = await connect(browser, subject);
      const answer = await browser.get("/api/v1/channels/");
      expect(answer.headers.get("content-type")).toContain("application/json");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(row.label).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
      expect(row.label.isWellFormed()).toBe(true);
      expect(row.label).not.toBe("");
      expect([...row.label].length).toBeLessThanOrEqual(200);
      await disconnect(browser, subject, row.id);
      await world.control.changeProvider({ provider: subject.id, person: subject.person, answer: null });
    },
  );

  test.each([
    ["a control character", "a\u0000b"],
    ["nothing", ""],
    ["10 kB", "x".repeat(10_000)],
    ["no text", 7],
    ["null", null],
  ])(
    "45. an account whose name is fine, but whose id is %s, is not connected, and that is no bug of ours",
    async (_what, id) => {
      const victim = await startWalk(world, getSubject("zoom"));
      await world.control.changeProvider({ provider: "zoom", person: "priya", answer: { id } });
      expect(await comeBack(victim, getSubject("zoom"))).toBe("provider_misbehaved");
      await world.control.changeProvider({ provider: "zoom", person: "priya", answer: null });
      await expectNothingStored(getSubject("zoom"));
    },
  );
});
