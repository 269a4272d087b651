import { describe, expect, test } from "vitest";
import { openWorld } from "../harness/open-world.ts";
import { eventually, hurry, inTheSameMoment, newcomer, quiet, sessionCookie } from "../harness/probe.ts";
import { raw } from "../harness/raw.ts";
import { subjects, type Subject } from "../harness/subjects.ts";
import { connect, disconnect, list } from "../harness/walk.ts";

const world = await openWorld();

const path = (id: string) => `/api/v1/channels/${id}/disconnect`;
const stored = (subject: Subject) =>
  world.sql("select id, status, version from credential where provider = $1 order by id", [subject.id]);
const revocations = async (subject: Subject) => (await world.control.getSummary(subject.id)).revocations;

describe.each(subjects)("$id: a disconnect that is refused", (subject) => {
  test("58. a disconnect of another user's account, or of none, is 404 and asks the provider nothing", async () => {
    const [owner, thief] = [await newcomer(world), await newcomer(world)];
    const row = await connect(owner, subject);
    const [credentials, spent] = [await stored(subject), await revocations(subject)];
    for (const id of [row.id, row.id + 1_000_000, Number.MAX_SAFE_INTEGER]) {
      const answer = await disconnect(thief, subject, id);
      expect([answer.status, answer.json["code"]]).toEqual([404, "connection_unknown"]);
      const same = await thief.post("/api/trpc/connections.disconnect", { id });
      expect(same.status).toBe(404);
    }
    expect(await stored(subject)).toEqual(credentials);
    expect(await revocations(subject)).toBe(spent);
    expect(await list(owner)).toMatchObject([{ id: row.id, status: "active" }]);
    await disconnect(owner, subject, row.id);
  });

  test.each([
    "1",
    -1,
    0,
    1.5,
    2 ** 53,
    1e300,
    null,
    true,
    [1],
    { id: 1 },
    "1 or 1=1",
    "1; drop table connection",
    "",
    undefined,
  ])("58. a disconnect with the id %j is 422 and names the field", async (id) => {
    const browser = await newcomer(world);
    const answer = await browser.post(path(subject.id), { [subject.idField]: id });
    expect([answer.status, answer.json["code"], answer.json["field"]]).toEqual([
      422,
      "invalid_request",
      subject.idField,
    ]);
    expect((await browser.post("/api/trpc/connections.disconnect", { id })).status).toBe(422);
  });

  test("58. a disconnect at another provider's address is 404, and the account stays", async () => {
    const owner = await newcomer(world);
    const row = await connect(owner, subject);
    for (const other of subjects.filter(({ id }) => id !== subject.id)) {
      expect((await disconnect(owner, other, row.id)).status).toBe(404);
    }
    expect(await list(owner)).toHaveLength(1);
    await disconnect(owner, subject, row.id);
  });

  test("61. a disconnect from another site, or as a form, ends nothing", async () => {
    const owner = await newcomer(world);
    const row = await connect(owner, subject);
    const cookie = `${sessionCookie(world)}=${owner.cookies.get(sessionCookie(world))}`;
    const asJson = JSON.stringify({ [subject.idField]: row.id });
    const attacks = [
      { headers: { "content-type": "application/json", origin: "https://evil.example" }, body: asJson },
      { headers: { "content-type": "application/json", origin: "null" }, body: asJson },
      { headers: { "content-type": "application/json", "sec-fetch-site": "cross-site" }, body: asJson },
      { headers: { "content-type": "text/plain" }, body: asJson },
      { headers: { "content-type": "application/x-www-form-urlencoded" }, body: `${subject.idField}=${row.id}` },
      { headers: { "content-type": "application/x-www-form-urlencoded" }, body: `${asJson}=` },
      { headers: {}, body: asJson },
    ];
    for (const { headers, body } of attacks) {
      const { status } = await raw(world.url + path(subject.id), {
        method: "POST",
        headers: { cookie, ...headers },
        body,
      });
      expect([403, 422]).toContain(status);
    }
    for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
      const { status } = await raw(`${world.url + path(subject.id)}?${subject.idField}=${row.id}`, {
        method,
        headers: { cookie },
      });
      expect([method, status]).toEqual([method, 404]);
    }
    expect(await list(owner)).toMatchObject([{ id: row.id, status: "active" }]);
    await disconnect(owner, subject, row.id);
  });
});

describe.each(subjects)("$id: the end of a grant by a disconnect", (subject) => {
  test("59. a disconnect that comes twice, or ten times at once, ends the grant once", async () => {
    const owner = await newcomer(world);
    const row = await connect(owner, subject);
    const spent = await revocations(subject);
    await quiet(world);
    await world.control.failRequests({ ...subject.revocation, delayMs: 100 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => disconnect(owner, subject, row.id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(9);
    expect((await disconnect(owner, subject, row.id)).status).toBe(404);
    await hurry(world);
    await eventually(async () => {
      expect(await world.sql("select from patchbay_worker.jobs where task_identifier <> 'keep'")).toEqual([]);
    });
    expect(await revocations(subject)).toBe(spent + subject.revocationCalls);
    expect(await stored(subject)).toEqual([]);
  });

  test.each([
    ["breaks down", { status: 500 }],
    ["is overloaded", { status: 429 }],
    ["hangs up", { drop: "before" }],
  ] as const)(
    "60. if the provider %s, the account is gone here, the user is told, and a job ends the grant later",
    async (_what, fault) => {
      const owner = await newcomer(world);
      const row = await connect(owner, subject);
      await quiet(world);
      await world.control.failRequests({ ...subject.revocation, ...fault });
      const answer = await disconnect(owner, subject, row.id);
      expect([answer.status, answer.json["revocations"]]).toMatchObject([200, [{ outcome: "retrying" }]]);
      expect(await list(owner)).toEqual([]);
      expect(await stored(subject)).toMatchObject([{ status: "disconnecting" }]);
      await hurry(world);
      await eventually(async () => {
        expect(await stored(subject)).toEqual([]);
      });
      expect(await world.control.listRefreshableGrants(subject.id)).toEqual([]);
    },
  );

  test("60. an account that is connected again while its end is still to come keeps its new grant", async () => {
    const owner = await newcomer(world);
    const row = await connect(owner, subject);
    await quiet(world);
    await world.control.failRequests({ ...subject.revocation, status: 503 });
    await disconnect(owner, subject, row.id);
    const again = await connect(owner, subject);
    await hurry(world);
    await eventually(async () => {
      expect(await world.sql("select from patchbay_worker.jobs where task_identifier <> 'keep'")).toEqual([]);
    });
    expect(await list(owner)).toMatchObject([{ id: again.id, status: "active" }]);
    expect(await world.control.listRefreshableGrants(subject.id)).toHaveLength(1);
    await disconnect(owner, subject, again.id);
  });
});

describe.each(subjects.filter(({ grants }) => grants === "one per account"))(
  "$id: an account that two users share",
  (subject) => {
    test("when both leave in the same moment, its grant is ended once and by the last, five times over", async () => {
      const [one, two] = [await newcomer(world), await newcomer(world)];
      for (let turn = 0; turn < 5; turn++) {
        const [mine, theirs] = [await connect(one, subject), await connect(two, subject)];
        const spent = await revocations(subject);
        const answers = await inTheSameMoment(world, "lock table audit_event in access exclusive mode", [
          () => disconnect(one, subject, mine.id),
          () => disconnect(two, subject, theirs.id),
        ]);
        const outcomes = answers.map(({ json }) => (json["revocations"] as { outcome: string }[])[0]?.outcome);
        expect(new Set(outcomes)).toEqual(new Set(["revoked", "shared"]));
        expect(await revocations(subject)).toBe(spent + 1);
        expect(await stored(subject)).toEqual([]);
        expect(await world.control.listRefreshableGrants(subject.id)).toEqual([]);
      }
    });
  },
);
