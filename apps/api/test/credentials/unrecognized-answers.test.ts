import { ConnectError } from "@patchbay/core/errors";
import { beforeEach, describe, expect, test } from "vitest";
import type { FaultOrder } from "@patchbay/sandbox/client";
import { subjects } from "../harness/subjects.ts";
import { connect, disconnect } from "../harness/walk.ts";
import { expire, expireSealed, forgetAll, stateOf } from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const credentials = openProcess();
beforeEach(async () => {
  await Promise.all([world.control.reset(), forgetAll(world)]);
});

/** What firewalls, proxies and pages of maintenance say in a provider's place. */
const bodies = {
  "a page": "<html><title>Request blocked</title></html>",
  "JSON of another shape": { message: "Request blocked", ok: true },
  "a list": [],
  "cut JSON": '{"sta',
};
const withBody = [200, 401, 403, 404].flatMap((status) =>
  Object.entries(bodies).map(([what, body]) => ({ what: `${status} and ${what}`, status, body })),
);
const foreign = [...withBody, ...[401, 403, 404].map((status) => ({ what: `${status} alone`, status, body: "" }))];

const tried = [{ outcome: "retrying", manageUrl: expect.stringMatching(/^https:\/\//) as string }];
const stored = (id: string) => world.sql("select status from credential where id = $1", [id]);

type Place = { host: string; path: string };

/** Answers at these places with one thing after the other, and gives what came of each. */
async function through(places: readonly Place[], outcomeOf: () => Promise<unknown>): Promise<Record<string, unknown>> {
  const outcomes: Record<string, unknown> = {};
  for (const { what, ...fault } of foreign) {
    await answerWith(places, fault);
    outcomes[what] = await outcomeOf();
  }
  await answerWith(places, undefined);
  return outcomes;
}

async function answerWith(places: readonly Place[], fault: Partial<FaultOrder> | undefined): Promise<void> {
  for (const { host } of places) await world.control.cancelFailures({ host: host });
  if (fault) for (const place of places) await world.control.failRequests({ ...place, ...fault, times: 50 });
}

const each = (outcome: unknown) => Object.fromEntries(foreign.map(({ what }) => [what, outcome]));
const codeOf = (failure: unknown) => (failure instanceof ConnectError ? failure.code : failure);

describe.each(subjects)("$id, answered for by another,", (subject) => {
  const ended = { outcome: subject.revokes ? "revoked" : "unsupported" };

  test("an answer of somebody else ends nothing: a disconnect is tried again until the provider answers, and is told with the link", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, subject);
    const { id } = await stateOf(world, row.id);
    await answerWith([subject.revocation], { status: 403, body: bodies["a page"] });
    expect((await disconnect(browser, subject, row.id)).json["revocations"]).toEqual(tried);
    const lines = world.logged().split("\n");
    expect(lines.filter((line) => line.includes(id)).map((line) => JSON.parse(line) as object)).toMatchObject([
      {
        level: 40,
        msg: "request failed: provider_misbehaved",
        provider: subject.id,
        credential: id,
        failure: "provider_misbehaved",
      },
    ]);
    expect(await through([subject.revocation], () => credentials.revoke(id).catch(codeOf))).toEqual(
      each("provider_misbehaved"),
    );
    expect(await stored(id)).toEqual([{ status: "disconnecting" }]);
    expect(await world.control.listRefreshableGrants(subject.id)).toHaveLength(1);
    expect(await credentials.revoke(id)).toMatchObject(ended);
    expect(await stored(id)).toEqual([]);
  });

  test("an answer of somebody else ends nothing where a disconnect has to renew first either", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, subject);
    const { id } = await stateOf(world, row.id);
    await expireSealed(world, row.id);
    const places = [subject.token, subject.identity, subject.revocation];
    await answerWith(places, { status: 401, body: bodies["a page"] });
    expect((await disconnect(browser, subject, row.id)).json["revocations"]).toEqual(tried);
    expect(await through(places, () => credentials.revoke(id).catch(codeOf))).toEqual(each("provider_misbehaved"));
    expect(await stored(id)).toEqual([{ status: "disconnecting" }]);
    expect(await credentials.revoke(id)).toMatchObject(ended);
  });

  test("an answer of somebody else ends nothing when an account is verified", async () => {
    const row = await connect(await world.signedIn(), subject);
    const { id } = await stateOf(world, row.id);
    // Where nothing is renewed, the account itself is asked for.
    const outcomes = await through([subject.token, subject.identity], async () => {
      await expire(world, row.id);
      await credentials.verify(id);
      const { status, reason } = await stateOf(world, row.id);
      return { status, reason };
    });
    expect(outcomes).toEqual(each({ status: "active", reason: null }));
    await expire(world, row.id);
    await credentials.verify(id);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 0, unsettled: false });
  });

  test.each(["a page", "JSON of another shape"] as const)(
    "an answer of somebody else at a connect is the provider's fault, not the user's: 403 and %s",
    async (what) => {
      await answerWith([subject.identity], { status: 403, body: bodies[what] });
      const failure = await connect(await world.signedIn(), subject).catch((thrown: unknown) => String(thrown));
      expect(failure).toMatch("provider_misbehaved");
    },
  );
});

test.each(subjects.filter(({ revokes }) => revokes))(
  "$id: nothing at all, with status 200, is no end",
  async (subject) => {
    const browser = await world.signedIn();
    const row = await connect(browser, subject);
    await answerWith([subject.revocation], { status: 200, body: "" });
    expect((await disconnect(browser, subject, row.id)).json["revocations"]).toEqual(tried);
    expect(await world.control.listRefreshableGrants(subject.id)).toHaveLength(1);
  },
);
