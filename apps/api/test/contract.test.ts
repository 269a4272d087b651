import { describe, expect, test } from "vitest";
import type { Browser } from "./harness/browser.ts";
import { openWorld } from "./harness/open-world.ts";
import { hurry, quiet } from "./harness/probe.ts";
import { subjects, type Subject } from "./harness/subjects.ts";
import { begin, bodyOf, connect, decide, disconnect, finish, land, list } from "./harness/walk.ts";

const world = await openWorld();

/** Where a failure is told: in the answer of POST /connect, or in the page's address for a return that finishes. */
async function failureOf(browser: Browser, subject: Subject): Promise<unknown> {
  const landing = await land(browser, subject);
  const answer = await finish(browser, subject, landing);
  return answer === undefined ? landing.searchParams.get("error") : answer.json["code"];
}

const exchanges = async (subject: Subject) => (await world.control.getSummary(subject.id)).codeExchanges;

/** Waits until the background work has brought something about. */
async function eventually(check: () => Promise<void>): Promise<void> {
  await expect.poll(async () => await check().then(() => "", String), { timeout: 10_000, interval: 100 }).toBe("");
}

/** What a page sends twice in its haste, five times over: the same body, or for a return that finishes the return itself. */
async function finishFiveTimes(browser: Browser, subject: Subject): Promise<string[]> {
  const back = await decide(await begin(browser, subject), "allow", subject.person);
  const five = Array.from({ length: 5 });
  const landings = await Promise.all(
    (subject.finishesOnReturn ? five : [0]).map(async () => (await browser.get(back)).location ?? new URL(world.url)),
  );
  if (subject.finishesOnReturn) return landings.map(({ search }) => search);
  const body = bodyOf(subject, landings[0] ?? new URL(world.url));
  const answers = await Promise.all(five.map(() => browser.post(`/api/v1/channels/${subject.id}/connect`, body)));
  return answers.map(({ status, text }) => `${status} ${text}`);
}

/** Makes the stored access tokens of a provider look as if their time were over. */
async function expireCredentials(subject: Subject): Promise<void> {
  const rows = await world.sql<{ id: string; secret: Buffer }>(
    "select id, secret from credential where provider = $1",
    [subject.id],
  );
  for (const { id, secret } of rows) {
    const row = { id, provider: subject.id };
    const credentials = world.seals.openCredentials(secret, row);
    const aged = world.seals.sealCredentials({ ...credentials, expiresAt: new Date(Date.now() - 60_000) }, row);
    await world.sql("update credential set secret = $1 where id = $2", [aged, id]);
  }
}

describe.each(subjects)("$id: an account", (subject) => {
  test("an account connects, is listed, and disconnects with a receipt", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, subject);
    expect(row).toMatchObject({ provider: subject.id, status: "active" });
    expect(row.label).not.toBe("");
    const receipt = await disconnect(browser, subject, row.id);
    expect(receipt.status).toBe(200);
    expect(receipt.json["revocations"]).toMatchObject([{ outcome: subject.revokes ? "revoked" : "unsupported" }]);
    expect(await list(browser)).toEqual([]);
    expect(await world.control.listRefreshableGrants(subject.id)).toEqual([]);
    expect(await world.sql("select from credential where provider = $1", [subject.id])).toEqual([]);
    expect((await disconnect(browser, subject, row.id)).json["code"]).toBe("connection_unknown");
  });

  test("two accounts of one user stand side by side", async () => {
    const browser = await world.signedIn();
    const first = await connect(browser, subject);
    const second = await connect(browser, subject, subject.other);
    expect(second.id).not.toBe(first.id);
    expect((await list(browser)).map(({ id, status }) => [id, status])).toEqual([
      [first.id, "active"],
      [second.id, "active"],
    ]);
    await disconnect(browser, subject, first.id);
    expect((await list(browser)).map(({ id }) => id)).toEqual([second.id]);
    await disconnect(browser, subject, second.id);
  });

  test("connecting an account again keeps its connection and ends the grant that it replaces", async () => {
    const browser = await world.signedIn();
    const first = await connect(browser, subject);
    const again = await connect(browser, subject);
    expect(again.id).toBe(first.id);
    await eventually(async () => {
      expect(await world.sql("select id from credential where provider = $1", [subject.id])).toHaveLength(1);
    });
    expect(await world.control.listRefreshableGrants(subject.id)).toHaveLength(1);
    await disconnect(browser, subject, first.id);
    expect(await world.control.listRefreshableGrants(subject.id)).toEqual([]);
  });

  test("reconnecting refuses another account and leaves the connection as it was", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, subject);
    const begun = (opening: string) => begin(browser, subject, `${opening}${opening ? "&" : "?"}connection=${row.id}`);
    const wrong = (await browser.get(await decide(await begun(subject.otherOpening), "allow", subject.other))).location;
    const refused = wrong && (await finish(browser, subject, wrong));
    expect(refused?.json["code"] ?? wrong?.searchParams.get("error")).toBe("account_mismatch");
    await eventually(async () => {
      expect(await world.sql("select id from credential where provider = $1", [subject.id])).toHaveLength(1);
    });
    const right = (await browser.get(await decide(await begun(subject.opening), "allow", subject.person))).location;
    expect((right && (await finish(browser, subject, right)))?.status ?? 200).toBe(200);
    expect(await list(browser)).toMatchObject([{ id: row.id, label: row.label, status: "active" }]);
    await disconnect(browser, subject, row.id);
  });

  test("a second user of the same account has a connection of their own, and the last one's leaving ends the grant", async () => {
    const [one, two] = await Promise.all([world.signedIn(), world.signedIn()]);
    const [mine, theirs] = [await connect(one, subject), await connect(two, subject)];
    expect(mine.id).not.toBe(theirs.id);
    const left = await disconnect(one, subject, mine.id);
    const shared = subject.grants === "one per account";
    const ended = subject.revokes ? "revoked" : "unsupported";
    expect(left.json["revocations"]).toMatchObject([{ outcome: shared ? "shared" : ended }]);
    expect(await list(two)).toMatchObject([{ id: theirs.id, status: "active" }]);
    expect(await world.control.listRefreshableGrants(subject.id)).toHaveLength(1);
    expect((await disconnect(two, subject, theirs.id)).json["revocations"]).toMatchObject([{ outcome: ended }]);
  });

  test("another user's connection cannot be disconnected", async () => {
    const [owner, other] = await Promise.all([world.signedIn(), world.signedIn()]);
    const row = await connect(owner, subject);
    expect((await disconnect(other, subject, row.id)).json["code"]).toBe("connection_unknown");
    expect(await list(owner)).toHaveLength(1);
    await disconnect(owner, subject, row.id);
  });
});

describe.each(subjects)("$id: a connect flow that goes wrong", (subject) => {
  test.runIf(subject.deniesByReturn)("a denial ends the attempt, and the provider is asked for nothing", async () => {
    const browser = await world.signedIn();
    const before = await exchanges(subject);
    const at = await begin(browser, subject);
    const landing = (await browser.get(await decide(at, "deny", subject.person))).location;
    expect(landing?.pathname).toBe("/integrations");
    expect(landing?.searchParams.get("error")).toBe("access_denied");
    const late = (await browser.get(await decide(at, "allow", subject.person))).location;
    expect(late?.searchParams.get("error")).toBe("invalid_state");
    expect(await exchanges(subject)).toBe(before);
    expect(await list(browser)).toEqual([]);
  });

  test("a code is sent once, however often its ticket is posted", async () => {
    const browser = await world.signedIn();
    await world.control.failRequests({ ...subject.token, delayMs: 300 });
    const before = await exchanges(subject);
    const answers = await finishFiveTimes(browser, subject);
    expect(new Set(answers).size).toBe(1);
    expect(await exchanges(subject)).toBe(before + 1);
    expect((await world.control.getSummary(subject.id)).maxUsesOfOneCode).toBe(1);
    const rows = await list(browser);
    expect(rows).toHaveLength(1);
    await disconnect(browser, subject, rows[0]?.id ?? 0);
  });

  test("an identity that does not come leaves nothing behind, here or there", async () => {
    const browser = await world.signedIn();
    await world.control.failRequests({ ...subject.identity, status: 500 });
    expect(await failureOf(browser, subject)).toBe("provider_unavailable");
    expect(await list(browser)).toEqual([]);
    await eventually(async () => {
      expect(await world.sql("select from credential where provider = $1", [subject.id])).toEqual([]);
    });
    await eventually(async () => expect(await world.control.listRefreshableGrants(subject.id)).toEqual([]));
  });

  test("an answer of another shape is no connection", async () => {
    const browser = await world.signedIn();
    await world.control.failRequests({ ...subject.token, status: 200, body: "<html>hello</html>" });
    expect(await failureOf(browser, subject)).toBe("provider_misbehaved");
    expect(await list(browser)).toEqual([]);
  });

  test("a grant that we cannot use is not left alive where it is ours alone", async () => {
    const browser = await world.signedIn();
    await world.control.changeProvider({ provider: subject.id, token: { token_type: "mac" } });
    expect(await failureOf(browser, subject)).toBe("provider_misbehaved");
    await world.control.changeProvider({ provider: subject.id, token: null });
    expect(await list(browser)).toEqual([]);
    // Where that may end another user's connection, a job finds out first whose it is.
    await hurry(world);
    if (subject.identifiesByToken)
      return await eventually(async () => expect(await world.control.listRefreshableGrants(subject.id)).toEqual([]));
    // The account's id was part of what could not be used: nothing can be asked, and the audit tells that.
    const told = "select from audit_event where provider = $1 and details->>'outcome' = 'unsupported'";
    await eventually(async () => expect(await world.sql(told, [subject.id])).toHaveLength(1));
  });

  test("a code that the provider does not know is refused, and another attempt succeeds", async () => {
    const browser = await world.signedIn();
    const back = await decide(await begin(browser, subject), "allow", subject.person);
    await world.control.setClock({ advanceMs: 11 * 60_000 });
    const landing = (await browser.get(back)).location;
    if (landing === undefined) throw new Error("no landing");
    const answer = await finish(browser, subject, landing);
    await world.control.setClock({ advanceMs: -11 * 60_000 });
    const code = answer?.json["code"] ?? landing.searchParams.get("error");
    expect(code).toBe("grant_rejected");
    const row = await connect(browser, subject);
    await disconnect(browser, subject, row.id);
  });
});

describe.each(subjects)("$id: the end of a grant", (subject) => {
  test("an account disconnects at once if the provider is down, and its grant ends when it is back", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, subject);
    await quiet(world);
    await world.control.failRequests({ ...subject.revocation, status: 503 });
    const receipt = await disconnect(browser, subject, row.id);
    expect(receipt.json["revocations"]).toMatchObject([{ outcome: "retrying" }]);
    expect(await list(browser)).toEqual([]);
    await world.sql("update patchbay_worker._private_jobs set run_at = now()");
    await eventually(async () => {
      expect(await world.sql("select from credential where provider = $1", [subject.id])).toEqual([]);
    });
    expect(await world.control.listRefreshableGrants(subject.id)).toEqual([]);
  });

  test("a disconnect long after the access token has run out still ends the grant", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, subject);
    // As if the hour had passed, there and here.
    await world.control.setClock({ advanceMs: 2.5 * 3_600_000 });
    await expireCredentials(subject);
    const receipt = await disconnect(browser, subject, row.id);
    await world.control.setClock({ advanceMs: -2.5 * 3_600_000 });
    expect(receipt.json["revocations"]).toMatchObject([{ outcome: subject.revokes ? "revoked" : "unsupported" }]);
    expect(await world.control.listRefreshableGrants(subject.id)).toEqual([]);
  });
});
