import { beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "./harness/browser.ts";
import { openWorld } from "./harness/open-world.ts";
import { eventually, hurry, newcomer, quiet, sessionCookie, watchFor } from "./harness/probe.ts";
import { subjects } from "./harness/subjects.ts";
import { begin, bodyOf, connect, decide, list } from "./harness/walk.ts";
import { forgetAll, stateOf } from "./credentials/credential-process.ts";

const world = await openWorld();
beforeEach(async () => {
  await world.control.reset();
  await forgetAll(world);
});

const purge = () => world.sql("select patchbay_worker.add_job('purge')");

/** Deletes the row of a browser's user, as an operator does by SQL. */
async function deleteUserOf(browser: Browser): Promise<void> {
  const [token] = decodeURIComponent(browser.cookies.get(sessionCookie(world)) ?? "").split(".");
  await world.sql(`delete from "user" where id = (select user_id from session where token = $1)`, [token]);
}

const liveGrants = async (provider: string): Promise<number> =>
  (await world.control.listRefreshableGrants(provider)).length;

describe.each(subjects)("$id: an account that nobody holds", (subject) => {
  test("an account that nobody holds is ended at the provider after its user's row was deleted, and is renewed no more", async () => {
    const browser = await newcomer(world);
    await connect(browser, subject);
    await quiet(world);
    await deleteUserOf(browser);
    await purge();
    await eventually(async () => {
      expect(await world.sql("select from credential")).toEqual([]);
      expect(await world.sql("select from patchbay_worker.jobs where task_identifier = 'keep'")).toEqual([]);
    });
    expect(await liveGrants(subject.id)).toBe(0);
    expect(
      await world.sql("select from audit_event where action = 'unheld' and provider = $1", [subject.id]),
    ).not.toEqual([]);
  });

  test("an account that nobody holds is ended though it needed a reconnect, and its connection was deleted alone", async () => {
    const browser = await newcomer(world);
    await connect(browser, subject);
    await quiet(world);
    await world.sql("update credential set status = 'needs_reconnect', reason = 'superseded'");
    await world.sql("delete from connection");
    await purge();
    await eventually(async () => expect(await world.sql("select from credential")).toEqual([]));
    expect(await liveGrants(subject.id)).toBe(0);
  });

  test("an account that nobody holds is not ended while another user holds it", async () => {
    const [one, two] = [await newcomer(world), await newcomer(world)];
    await connect(one, subject);
    const row = await connect(two, subject);
    await quiet(world);
    await deleteUserOf(one);
    await purge();
    await eventually(async () => expect(await world.sql("select from credential")).toHaveLength(1));
    await quiet(world);
    expect(await list(two)).toMatchObject([{ id: row.id, status: "active" }]);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active" });
    expect(await liveGrants(subject.id)).toBe(1);
  });

  test("an account that nobody holds and whose grant came while the user's row was being deleted, is ended too", async () => {
    const browser = await newcomer(world);
    const at = await begin(browser, subject);
    const back = await decide(at, "allow", subject.person);
    await world.control.failRequests({ ...subject.token, delayMs: 3_000 });
    const { location } = subject.finishesOnReturn ? { location: back } : await browser.get(back);
    const asked = await watchFor(world, subject.token);
    const last = subject.finishesOnReturn
      ? browser.get(back)
      : browser.post(`/api/v1/channels/${subject.id}/connect`, bodyOf(subject, location ?? back));
    await asked();
    await deleteUserOf(browser);
    const answer = await last;
    expect(answer.json["code"] ?? answer.location?.searchParams.get("error")).toBe("outcome_unknown");
    await hurry(world);
    await eventually(async () => {
      expect(await world.sql("select from credential")).toEqual([]);
      expect(await liveGrants(subject.id)).toBe(0);
    });
  });
});

test("a grant whose account was never found out is forgotten after four days, and told in the audit", async () => {
  await world.sql(
    `insert into credential (id, provider, client_id, mode, shared, secret, status, reason, created_at)
     select gen_random_uuid(), 'zoom', 'other', 'live', true, '\\x00', 'disconnecting', 'provider_unavailable', at
     from unnest(array[now() - interval '5 days', now() - interval '3 days']) as at`,
  );
  await purge();
  await eventually(async () => expect(await world.sql("select from credential")).toHaveLength(1));
  expect(await world.sql("select from audit_event where details->>'outcome' = 'unsupported'")).not.toEqual([]);
});
