import { createCredentialStore, openDatabase } from "@patchbay/core/db";
import { beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../harness/browser.ts";
import { watchFor } from "../harness/probe.ts";
import { getSubject, subjects } from "../harness/subjects.ts";
import { connect, disconnect, type Row } from "../harness/walk.ts";
import { dueIn, expire, expireSealed, forgetAll, loseLease, stateOf } from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const credentials = openProcess();

/** What is said where the grant may live on by tokens that never arrived. */
const beyondUs = { outcome: "unsupported", manageUrl: expect.stringMatching(/^https:/) as string };

/** The same may come of it later, when nobody is there to be told. */
const tried = { outcome: "retrying", manageUrl: beyondUs.manageUrl };

/** What is kept of what became of a credential. */
const told = (credential: string) =>
  world.sql(
    `select actor, action, provider, connection_id::int as connection, details - 'credential' as details
     from audit_event where details->>'credential' = $1 order by id`,
    [credential],
  );

const strict = subjects.filter(({ refreshToken }) => refreshToken === "single-use");

describe.each(strict)("a disconnect of $id, whose refresh tokens are spent by their first use,", (subject) => {
  let browser: Browser;
  let row: Row;
  let id: string;

  beforeEach(async () => {
    await Promise.all([world.control.reset(), forgetAll(world)]);
    browser = await world.signedIn();
    row = await connect(browser, subject);
    ({ id } = await stateOf(world, row.id));
  });

  const revocations = async () => (await disconnect(browser, subject, row.id)).json["revocations"];
  const expectForgotten = async () => expect(await world.sql("select from credential where id = $1", [id])).toEqual([]);

  test("a disconnect does not claim a revocation after its own refresh's answer was lost", async () => {
    await expireSealed(world, row.id);
    await world.control.failRequests({ ...subject.token, drop: "after" });
    expect(await revocations()).toEqual([tried]);
    expect(await credentials.revoke(id)).toEqual(beyondUs);
    await expectForgotten();
    expect(await told(id)).toMatchObject([
      { action: "disconnected", connection: row.id },
      { action: "ended", details: { outcome: "unsupported" } },
    ]);
  });

  test("a disconnect does not claim a revocation after an earlier refresh's answer was lost", async () => {
    await expireSealed(world, row.id);
    await world.control.failRequests({ ...subject.token, drop: "after" });
    await credentials.tryIssue(row.id);
    expect(await revocations()).toEqual([beyondUs]);
    await expectForgotten();
  });

  test("a disconnect does not claim a revocation after an answer that could not be read", async () => {
    await expireSealed(world, row.id);
    await world.control.changeProvider({ provider: subject.id, token: { access_token: null, refresh_token: null } });
    expect(await credentials.tryIssue(row.id)).toMatchObject({ code: "provider_misbehaved" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", unsettled: true });
    expect(await revocations()).toEqual([beyondUs]);
    await expectForgotten();
  });

  test("a disconnect does not claim a revocation where the connection needs a reconnect for that", async () => {
    await expireSealed(world, row.id);
    await world.control.failRequests({ ...subject.token, drop: "after" });
    await credentials.tryIssue(row.id);
    await loseLease(world, row.id);
    expect(await credentials.tryIssue(row.id)).toMatchObject({ code: "needs_reconnect", reason: "refresh_lost" });
    expect(await revocations()).toEqual([beyondUs]);
    await expectForgotten();
  });

  test("a disconnect tries again where the provider does not answer, and then ends the grant", async () => {
    await expireSealed(world, row.id);
    await world.control.failRequests({ ...subject.token, status: 503 });
    expect(await revocations()).toEqual([tried]);
    expect(await credentials.revoke(id)).toMatchObject({ outcome: "revoked" });
    await expectForgotten();
    expect(await world.control.listRefreshableGrants(subject.id)).toEqual([]);
  });

  test("a disconnect ends the grant after a refresh that was recorded and never sent", async () => {
    await expire(world, row.id);
    const { version } = await stateOf(world, row.id);
    const database = openDatabase(world.databaseUrl, { max: 1 });
    await createCredentialStore(database.db).acquireLease(
      { id, version },
      "00000000-0000-4000-8000-00000000000d",
      "refresh",
    );
    await database.close();
    await loseLease(world, row.id);
    expect(await revocations()).toMatchObject([{ outcome: "revoked" }]);
    expect(await world.control.listRefreshableGrants(subject.id)).toEqual([]);
  });

  test("a disconnect does not end what was connected anew meanwhile: the provider is asked whether it lives", async () => {
    await world.control.failRequests({ ...subject.revocation, delayMs: 2_000 });
    const ending = await watchFor(world, subject.revocation);
    const leaving = disconnect(browser, subject, row.id);
    await ending();
    const again = await connect(browser, subject);
    await leaving;
    expect(await stateOf(world, again.id)).toMatchObject({ status: "active" });
    const { id } = await stateOf(world, again.id);
    if (subject.grants === "one per account") expect(await dueIn(world, again.id, "supersede")).toBeLessThan(5);
    await credentials.supersede(id);
    expect(await stateOf(world, again.id)).toMatchObject({ status: "active" });
    expect(await credentials.tryIssue(again.id)).toMatchObject({ type: "bearer" });
  });

  test("a disconnect takes the provider's word for a grant that is dead", async () => {
    await expireSealed(world, row.id);
    await world.control.failRequests({ ...subject.token, status: 400, body: { error: "invalid_grant" }, times: 2 });
    expect(await credentials.tryIssue(row.id)).toMatchObject({ code: "needs_reconnect", reason: "grant_ended" });
    expect(await revocations()).toEqual([{ outcome: "revoked" }]);
  });
});

test("what the job could not end at the provider either was told before: where to look is on the receipt", async () => {
  await Promise.all([world.control.reset(), forgetAll(world)]);
  const [browser, paypal] = [await world.signedIn(), getSubject("paypal")];
  const row = await connect(browser, paypal);
  const { id } = await stateOf(world, row.id);
  await world.control.failRequests({ ...paypal.revocation, drop: "before" });
  const manageUrl = "https://www.sandbox.paypal.com/myaccount/settings";
  const receipt = await disconnect(browser, paypal, row.id);
  expect(receipt.json["revocations"]).toEqual([{ outcome: "retrying", manageUrl }]);
  expect(await told(id)).toHaveLength(1);
  expect(await credentials.revoke(id)).toEqual({ outcome: "unsupported", manageUrl });
  expect(await told(id)).toEqual([
    expect.objectContaining({ action: "disconnected", connection: row.id }),
    {
      actor: "patchbay",
      action: "ended",
      provider: "paypal",
      connection: null,
      details: { outcome: "unsupported", reason: "disconnected" },
    },
  ]);
  // It is ended, and told, once.
  expect(await credentials.revoke(id)).toEqual({ outcome: "revoked" });
  expect(await told(id)).toHaveLength(2);
});
