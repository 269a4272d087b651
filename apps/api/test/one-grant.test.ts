import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { ConnectError } from "@patchbay/core/errors";
import type { Answer, Browser } from "./harness/browser.ts";
import { openWorld } from "./harness/open-world.ts";
import { age, eventually, hurry, newcomer, quiet, watchFor } from "./harness/probe.ts";
import { subjects, type Subject } from "./harness/subjects.ts";
import { begin, bodyOf, connect, decide, disconnect, list, type Row } from "./harness/walk.ts";
import { createCredentialProcess, expire, forgetAll, stateOf } from "./credentials/credential-process.ts";

const world = await openWorld();
const credentials = createCredentialProcess(world);
afterAll(() => credentials[Symbol.asyncDispose]());
beforeEach(async () => {
  await world.control.reset();
  await forgetAll(world);
});

type Choice = { person: string; reconnects?: number };

/** A walk up to the ticket: somebody at the provider's consent page, who may choose another account than was meant. */
async function choose(browser: Browser, subject: Subject, { person, reconnects }: Choice) {
  const opening = person === subject.other ? subject.otherOpening : subject.opening;
  const named = reconnects === undefined ? "" : `${opening === "" ? "?" : "&"}connection=${reconnects}`;
  const at = await begin(browser, subject, `${opening}${named}`);
  const { location } = await browser.get(await decide(at, "allow", person));
  if (location === undefined) throw new Error("no landing");
  const post = (): Promise<Answer> => browser.post(`/api/v1/channels/${subject.id}/connect`, bodyOf(subject, location));
  return { state: at.searchParams.get("state") ?? "", post };
}

const sealedOf = async (id: number) =>
  await world.sql(
    "select k.secret, k.version, k.status, k.reason from credential k join connection c on c.credential_id = k.id where c.id = $1",
    [id],
  );

/** That what is stored is the grant that lives: the provider renews it, or says that it is there. */
async function expectWorks({ id }: Pick<Row, "id">): Promise<void> {
  const { id: credential } = await stateOf(world, id);
  const [ends] = await world.sql("select from credential where id = $1 and expires_at is not null", [credential]);
  if (ends) await expire(world, id);
  await credentials.verify(credential);
  expect(await credentials.tryIssue(id)).not.toBeInstanceOf(ConnectError);
  expect(await stateOf(world, id)).toMatchObject({ status: "active" });
}

async function expireOrphans(): Promise<void> {
  const rows = await world.sql<{ id: string; provider: string; secret: Buffer }>(
    "select id, provider, secret from credential where status = 'disconnecting' and expires_at is not null",
  );
  for (const { secret, ...row } of rows) {
    const aged = { ...world.seals.openCredentials(secret, row), expiresAt: new Date(Date.now() - 60_000) };
    await world.sql("update credential set secret = $1 where id = $2", [
      world.seals.sealCredentials(aged, row),
      row.id,
    ]);
  }
}

const liveGrants = async (subject: Subject, person: string): Promise<number> =>
  (await world.control.listRefreshableGrants(subject.id)).filter((grant) => grant.person === person).length;

const allowLess = async (subject: Subject, less: boolean) =>
  await world.control.changeProvider({ provider: subject.id, token: less ? { scope: subject.lessScope } : null });

const sharing = subjects.filter(({ grants }) => grants === "one per account");

describe.each(sharing)("$id: who reconnects one account and signs in to another", (subject) => {
  test("a reconnect with another account renews that one if it is connected, says so each time, and leaves the first as it was", async () => {
    const browser = await newcomer(world);
    const mine = await connect(browser, subject);
    const other = await connect(browser, subject, subject.other);
    const before = await sealedOf(mine.id);
    const { post } = await choose(browser, subject, { person: subject.other, reconnects: mine.id });
    for (const answer of [await post(), await post()]) {
      expect(answer.status).toBe(409);
      expect(answer.json).toMatchObject({
        code: "account_mismatch",
        account: { label: other.label, connected: true },
      });
      expect(answer.json["message"]).toContain(`You signed in as ${other.label}. That account is connected`);
    }
    expect(await sealedOf(mine.id)).toEqual(before);
    expect(await stateOf(world, other.id)).toMatchObject({ status: "active", version: 2 });
    await eventually(async () =>
      expect(await world.sql("select from patchbay_worker.jobs where run_at < now()")).toEqual([]),
    );
    expect((await list(browser)).map(({ status }) => status)).toEqual(["active", "active"]);
    await expectWorks(mine);
    await expectWorks(other);
  });

  test("a reconnect with another user's account renews that one, and tells nothing of that user", async () => {
    const [one, two] = [await newcomer(world), await newcomer(world)];
    const mine = await connect(one, subject);
    const theirs = await connect(two, subject, subject.other);
    const { post } = await choose(one, subject, { person: subject.other, reconnects: mine.id });
    const answer = await post();
    expect(answer.json["account"]).toEqual({ label: theirs.label, connected: false });
    expect((await list(one)).map(({ id }) => id)).toEqual([mine.id]);
    expect(await list(two)).toMatchObject([{ id: theirs.id, status: "active" }]);
    await expectWorks(theirs);
    // To somebody whose account nobody has, the answer is the same.
    await disconnect(two, subject, theirs.id);
    const { post: again } = await choose(one, subject, { person: subject.other, reconnects: mine.id });
    expect((await again()).json).toEqual(answer.json);
    await hurry(world);
    await eventually(async () => expect(await liveGrants(subject, subject.other)).toBe(0));
  });

  test("a reconnect with another account revives an account that needed a reconnect, for its user", async () => {
    const [one, two] = [await newcomer(world), await newcomer(world)];
    const mine = await connect(one, subject);
    const theirs = await connect(two, subject, subject.other);
    await world.sql(
      "update credential set status = 'needs_reconnect', reason = 'grant_ended' where external_id <> $1",
      [
        (await world.sql<{ external_id: string }>("select external_id from connection where id = $1", [mine.id]))[0]
          ?.external_id,
      ],
    );
    await (await choose(one, subject, { person: subject.other, reconnects: mine.id })).post();
    expect(await list(two)).toMatchObject([{ status: "active", reason: null }]);
    await expectWorks(theirs);
  });
});

describe.each(sharing.filter(({ lessScope }) => lessScope !== undefined))(
  "$id: who leaves permissions out for an account that is connected",
  (subject) => {
    test("a user who leaves permissions out is told; the account works for its users as far as it goes, and says so until it is connected in full", async () => {
      const [one, two] = [await newcomer(world), await newcomer(world)];
      const row = await connect(two, subject);
      await allowLess(subject, true);
      const { post } = await choose(one, subject, { person: subject.person });
      const answer = await post();
      await allowLess(subject, false);
      expect(answer.status).toBe(403);
      expect(answer.json).toMatchObject({ code: "scope_missing", account: { label: row.label, connected: false } });
      expect(await list(one)).toEqual([]);
      expect(await list(two)).toMatchObject([
        { id: row.id, status: "active", reason: "scope_missing", scopes: [subject.lessScope] },
      ]);
      await expectWorks(row);
      expect(await stateOf(world, row.id)).toMatchObject({ reason: "scope_missing" });
      await connect(two, subject);
      expect(await list(two)).toMatchObject([{ id: row.id, status: "active", reason: null, scopes: row.scopes }]);
    });

    test("a user who leaves permissions out is told that their own account stays connected", async () => {
      const browser = await newcomer(world);
      const row = await connect(browser, subject);
      await allowLess(subject, true);
      const answer = await (await choose(browser, subject, { person: subject.person, reconnects: row.id })).post();
      await allowLess(subject, false);
      expect(answer.json).toMatchObject({ code: "scope_missing", account: { label: row.label, connected: true } });
      await expectWorks(row);
    });
  },
);

describe.each(sharing)("$id: a grant whose account the provider did not tell", (subject) => {
  test("a grant whose account the provider did not tell takes the place of the account's stored one as soon as it is found out", async () => {
    const [one, two] = [await newcomer(world), await newcomer(world)];
    const row = await connect(two, subject);
    await quiet(world);
    await world.control.failRequests({ ...subject.identity, status: 500 });
    const answer = await (await choose(one, subject, { person: subject.person })).post();
    expect(answer.json).toMatchObject({ code: "provider_unavailable" });
    expect(answer.json).not.toHaveProperty("account");
    await eventually(async () => expect(await stateOf(world, row.id)).toMatchObject({ version: 2, status: "active" }));
    expect(await world.sql("select from credential")).toHaveLength(1);
    expect(await list(one)).toEqual([]);
    await expectWorks(row);
  });

  test("a grant whose account the provider did not tell is ended where nobody has the account", async () => {
    const browser = await newcomer(world);
    await world.control.failRequests({ ...subject.identity, status: 500 });
    expect((await (await choose(browser, subject, { person: subject.person })).post()).status).toBe(503);
    await eventually(async () => {
      expect(await liveGrants(subject, subject.person)).toBe(0);
      expect(await world.sql("select from credential")).toEqual([]);
    });
  });

  test("a grant whose account the provider did not tell does not take the place of one that was given later", async () => {
    const browser = await newcomer(world);
    // Twice: when it came, and when the job asked.
    await world.control.failRequests({ ...subject.identity, status: 500, times: 2 });
    await (await choose(browser, subject, { person: subject.person })).post();
    await eventually(async () => {
      expect(await world.sql("select from patchbay_worker.jobs where attempts = 1")).toHaveLength(1);
    });
    const row = await connect(browser, subject);
    // The provider may no longer take the access token; that the grant is dead, it says once that has run out.
    await expireOrphans();
    await hurry(world);
    await eventually(async () => expect(await world.sql("select from credential")).toHaveLength(1));
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", version: 1 });
    await expectWorks(row);
  });
});

describe.each(sharing)("$id: a grant that comes when nothing waits for it any more", (subject) => {
  test.each([
    ["the claim has run out", (state: string) => age(world, state, "claimed_until = now() - interval '1 second'")],
    ["the attempt is gone", () => world.sql("delete from attempt")],
  ] as const)("a late grant as %s takes the place of the account's stored one, or is ended", async (_why, close) => {
    const [one, two] = [await newcomer(world), await newcomer(world)];
    const row = await connect(two, subject);
    for (const [person, stored] of [
      [subject.person, 1],
      [subject.other, 0],
    ] as const) {
      const host = subject.token.host.replace("acme-goods", person === subject.person ? "acme-goods" : "k3v9ab-x1");
      await world.control.failRequests({ ...subject.token, host, delayMs: 3_000 });
      const { state, post } = await choose(one, subject, { person });
      const asked = await watchFor(world, { ...subject.token, host });
      const posted = post();
      await asked();
      await close(state);
      expect((await posted).json).toMatchObject({ code: "outcome_unknown" });
      await eventually(async () => expect(await liveGrants(subject, person)).toBe(stored));
    }
    expect(await stateOf(world, row.id)).toMatchObject({ version: 2, status: "active" });
    await expectWorks(row);
  });

  test("a late grant while the account is being ended, is ended in its place", async () => {
    const [one, two] = [await newcomer(world), await newcomer(world)];
    const mine = await connect(one, subject);
    const theirs = await connect(two, subject, subject.other);
    await quiet(world);
    const host = subject.revocation.host.replace("acme-goods", "k3v9ab-x1");
    await world.control.failRequests({ ...subject.revocation, host, status: 503 });
    expect((await disconnect(two, subject, theirs.id)).json["revocations"]).toMatchObject([{ outcome: "retrying" }]);
    const answer = await (await choose(one, subject, { person: subject.other, reconnects: mine.id })).post();
    expect(answer.json).toMatchObject({ code: "account_mismatch", account: { connected: false } });
    await hurry(world);
    await eventually(async () => {
      expect(await liveGrants(subject, subject.other)).toBe(0);
      expect(await world.sql("select from credential")).toHaveLength(1);
    });
    await expectWorks(mine);
  });
});
