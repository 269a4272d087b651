import { ConnectError } from "@patchbay/core/errors";
import { describe, expect } from "vitest";
import { subjects } from "../harness/subjects.ts";
import { disconnect, list } from "../harness/walk.ts";
import { countRefreshes, createConnectedTest, failToken } from "./connected.ts";
import { dueIn, expire, loseLease, notices, stateOf } from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const [one, other] = [openProcess(), openProcess()];

const refreshing = subjects.filter(({ refreshToken }) => refreshToken !== "none");

/** What says nothing about the grant. */
const transient: { name: string; fault: object }[] = [
  { name: "500", fault: { status: 500, body: "oops" } },
  { name: "502 as HTML", fault: { status: 502, body: "<html>" } },
  { name: "429 with Retry-After", fault: { status: 429, body: {}, headers: { "retry-after": "7" } } },
  { name: "408", fault: { status: 408, body: {} } },
  { name: "a cut connection", fault: { drop: "before" } },
  { name: "a redirect", fault: { status: 307, headers: { location: "http://127.0.0.1:1/" }, body: "" } },
  { name: "another shape", fault: { status: 200, body: { hello: "world" } } },
  { name: "no JSON", fault: { status: 200, body: "ok" } },
];

describe.each(refreshing)("$id: a refresh that is refused", (subject) => {
  const test = createConnectedTest(world, subject);

  test.for(subject.deadRefreshes)(
    "53. a refresh token that is dead needs a reconnect, and the user is told once: $status $body",
    async ({ status, body }, { row, browser }) => {
      await expire(world, row.id);
      await failToken(world, subject, { status, body, times: 5 });
      const asked = await Promise.all([one, other, one, other].map((credentials) => credentials.tryIssue(row.id)));
      for (const refused of asked) expect(refused).toMatchObject({ code: "needs_reconnect", reason: "grant_ended" });
      expect(await one.tryIssue(row.id)).toMatchObject({ code: "needs_reconnect", reason: "grant_ended" });
      expect(await countRefreshes(world)).toBe(1);
      expect(await notices(world, row.id, "needs_reconnect")).toBe(1);
      expect((await list(browser))[0]).toMatchObject({ status: "needs_reconnect", reason: "grant_ended" });
    },
  );

  test.for(transient)("51. a connection stays active through $name", async ({ fault }, { row }) => {
    await expire(world, row.id);
    await failToken(world, subject, fault);
    const refused = await one.tryIssue(row.id);
    expect(refused).toBeInstanceOf(ConnectError);
    expect(refused).not.toMatchObject({ code: "needs_reconnect" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 1, leased: false });
    expect(await other.tryIssue(row.id)).toMatchObject({
      code: "provider_unavailable",
      retryAfter: expect.any(Number),
    });
    expect(await countRefreshes(world)).toBe(1);
    await loseLease(world, row.id);
    expect(await other.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 0 });
    expect(await notices(world, row.id, "needs_reconnect")).toBe(0);
  });

  test("a token that is still valid is issued if the provider refuses our client, and not if the grant is dead", async ({
    row,
  }) => {
    await expire(world, row.id, 30);
    await failToken(world, subject, {
      status: 401,
      body: { error: "invalid_client", error_description: "Client authentication failed" },
    });
    const handed = await one.tryIssue(row.id);
    expect(handed).toMatchObject({ type: "bearer" });
    expect(await other.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 1, version: 1 });
    await expire(world, row.id, 30);
    await failToken(world, subject, { ...subject.deadRefreshes[0] });
    expect(await one.tryIssue(row.id)).toMatchObject({ code: "needs_reconnect", reason: "grant_ended" });
  });

  test("54. a client that the provider refuses is a misconfiguration, and nobody is asked to reconnect", async ({
    row,
  }) => {
    await expire(world, row.id);
    await failToken(world, subject, {
      status: 401,
      body: { error: "invalid_client", error_description: "Client authentication failed" },
    });
    expect(await one.tryIssue(row.id)).toMatchObject({ code: "provider_misconfigured" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 1, unsettled: false });
  });

  test.for(["client_id", "mode"])(
    "a credential of another app (%s) than is set up is left alone until that one is back",
    async (column, { row, browser }) => {
      await expire(world, row.id);
      const { id } = await stateOf(world, row.id);
      await world.sql(`update credential set ${column} = 'another' where id = $1`, [id]);
      const asked = (await world.control.listCalls()).calls.length;
      expect(await one.tryIssue(row.id)).toMatchObject({ code: "provider_not_configured" });
      await one.maintain(id);
      expect(await dueIn(world, row.id, "keep")).toBeGreaterThan(600);
      await one.verify(id);
      expect((await disconnect(browser, subject, row.id)).json["revocations"]).toMatchObject([{ outcome: "retrying" }]);
      expect((await world.control.listCalls()).calls).toHaveLength(asked);
      expect(await world.sql("select status from credential")).toEqual([{ status: "disconnecting" }]);
    },
  );
});
