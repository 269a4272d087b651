import { setTimeout as sleep } from "node:timers/promises";
import { randomBytes } from "node:crypto";
import { createCredentialStore, openDatabase } from "@patchbay/core/db";
import { ConnectError } from "@patchbay/core/errors";
import { createSeals, createVault, readKeyring } from "@patchbay/core/vault";
import { beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../harness/browser.ts";
import { connect, disconnect, list, subjects, type Row, type Subject } from "../harness/walk.ts";
import {
  createCredentialProcess,
  dueIn,
  expire,
  expireSealed,
  forgetAll,
  loseLease,
  notices,
  stateOf,
  withoutDatabase,
} from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const [one, other] = [openProcess(), openProcess()];

const refreshing = subjects.filter(({ id }) => id !== "stripe");

/** How each provider says that a refresh token is dead, as the fact sheets have it. */
const deadWords: Record<string, { status: number; body: unknown }[]> = {
  calendly: [
    { status: 400, body: { error: "invalid_grant", error_description: "The provided authorization grant is invalid" } },
    { status: 401, body: { error: "invalid_grant" } },
  ],
  paypal: [
    { status: 400, body: { error: "invalid_request", error_description: "Unable to refresh access token" } },
    { status: 401, body: { error: "invalid_refresh_token", error_description: "Refresh Token is invalid" } },
    { status: 400, body: { error: "access_denied", error_description: "denied" } },
  ],
  shopify: [
    {
      status: 401,
      body: { error: "invalid_request", error_description: "This request requires an active refresh_token" },
    },
    { status: 400, body: { error: "invalid_subject_token" } },
  ],
  zoom: [
    { status: 400, body: { reason: "Invalid Token!", error: "invalid_grant" } },
    { status: 401, body: { reason: "Invalid Token!", error: "invalid_request" } },
  ],
};

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

describe.each(refreshing)("$id", (subject: Subject) => {
  let browser: Browser;
  let row: Row;
  const fail = (fault: object) => world.control.failRequests({ ...subject.token, ...fault });
  const refreshes = async () => {
    const { calls } = await world.control.listCalls();
    return calls.filter(({ form }) => form?.["grant_type"] === "refresh_token").length;
  };

  beforeEach(async () => {
    await Promise.all([world.control.reset(), forgetAll(world)]);
    browser = await world.signedIn();
    row = await connect(browser, subject);
  });

  test("a token that lasts is handed out as it is", async () => {
    const handed = await one.tryIssue(row.id);
    expect(handed).toMatchObject({
      type: "bearer",
      connection: row.id,
      provider: subject.id,
      account: { label: row.label },
    });
    expect(await refreshes()).toBe(0);
  });

  test("48. a token that has ended is renewed once, whoever asks in whichever process, and again when it ends again", async () => {
    const before = await one.tryIssue(row.id);
    for (const round of [1, 2, 3]) {
      await expire(world, row.id);
      const all = await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? one : other).tryIssue(row.id)));
      const tokens = new Set(
        all.map((handed) => ("type" in handed && handed.type === "bearer" ? handed.accessToken : handed)),
      );
      expect(tokens.size).toBe(1);
      expect([...tokens][0]).toEqual(expect.any(String));
      expect(tokens).not.toContain("accessToken" in before ? before.accessToken : "");
      expect(await refreshes()).toBe(round);
    }
    if (subject.id !== "paypal") expect((await world.control.getSummary(subject.id)).maxUsesOfOneRefreshToken).toBe(1);
    expect(await stateOf(world, row.id)).toMatchObject({
      status: "active",
      version: 4,
      leased: false,
      unsettled: false,
    });
  });

  test("a token that is still valid is served while another process renews it", async () => {
    await expire(world, row.id, 30);
    await fail({ delayMs: 1000 });
    const slow = one.tryIssue(row.id);
    await sleep(200);
    const began = performance.now();
    expect(await other.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(performance.now() - began).toBeLessThan(500);
    expect(await slow).toMatchObject({ type: "bearer" });
    expect(await refreshes()).toBe(1);
  });

  test("a token that is still valid is served while this process renews it: whoever began that waits a moment", async () => {
    await expire(world, row.id, 30);
    await fail({ delayMs: 2_500 });
    const ask = async () => {
      const began = performance.now();
      const handed = (await one.tryIssue(row.id)) as { accessToken: string };
      return { handed: handed.accessToken, took: performance.now() - began };
    };
    const first = ask();
    await sleep(200);
    const second = await ask();
    expect(second.took).toBeLessThan(500);
    expect((await first).handed).toBe(second.handed);
    expect((await first).took).toBeLessThan(2_000);
    await sleep(2_000);
    expect((await ask()).handed).not.toBe(second.handed);
    expect(await refreshes()).toBe(1);
  });

  test("a holder that stood still until its lease was about to run out sends nothing", async () => {
    await expire(world, row.id);
    await using paused = createCredentialProcess(world, {
      store: (reached) => ({
        ...reached,
        acquireLease: async (...given) => {
          const take = await reached.acquireLease(...given);
          return take.type === "acquired" ? { ...take, seconds: 10 } : take;
        },
      }),
    });
    expect(await paused.tryIssue(row.id)).toMatchObject({ code: "provider_unavailable" });
    expect(await refreshes()).toBe(0);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", leased: false, unsettled: false });
  });

  test.each(["client_id", "mode"])(
    "of another app (%s) than is set up is left alone until that one is back",
    async (column) => {
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

  test("a token that ran out while the provider took its time to fail is not served", async () => {
    await expire(world, row.id, 2.5);
    await fail({ delayMs: 2_200, status: 503, body: {} });
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await one.tryIssue(row.id)).toMatchObject({ code: "provider_unavailable" });
  });

  test.each(deadWords[subject.id] ?? [])(
    "53. is told as needing a reconnect, once: $status $body",
    async ({ status, body }) => {
      await expire(world, row.id);
      await fail({ status, body, times: 5 });
      const asked = await Promise.all([one, other, one, other].map((credentials) => credentials.tryIssue(row.id)));
      for (const refused of asked) expect(refused).toMatchObject({ code: "needs_reconnect", reason: "grant_ended" });
      expect(await one.tryIssue(row.id)).toMatchObject({ code: "needs_reconnect", reason: "grant_ended" });
      expect(await refreshes()).toBe(1);
      expect(await notices(world, row.id, "needs_reconnect")).toBe(1);
      expect((await list(browser))[0]).toMatchObject({ status: "needs_reconnect", reason: "grant_ended" });
    },
  );

  test.each(transient)("51. stays connected through $name", async ({ fault }) => {
    await expire(world, row.id);
    await fail(fault);
    const refused = await one.tryIssue(row.id);
    expect(refused).toBeInstanceOf(ConnectError);
    expect(refused).not.toMatchObject({ code: "needs_reconnect" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 1, leased: false });
    expect(await other.tryIssue(row.id)).toMatchObject({
      code: "provider_unavailable",
      retryAfter: expect.any(Number),
    });
    expect(await refreshes()).toBe(1);
    await loseLease(world, row.id);
    expect(await other.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 0 });
    expect(await notices(world, row.id, "needs_reconnect")).toBe(0);
  });

  test("a token that is still valid is served where we are the ones to be refused, but not where the grant is dead", async () => {
    await expire(world, row.id, 30);
    await fail({ status: 401, body: { error: "invalid_client", error_description: "Client authentication failed" } });
    const handed = await one.tryIssue(row.id);
    expect(handed).toMatchObject({ type: "bearer" });
    expect(await other.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 1, version: 1 });
    await expire(world, row.id, 30);
    await fail({ ...deadWords[subject.id]?.[0] });
    expect(await one.tryIssue(row.id)).toMatchObject({ code: "needs_reconnect", reason: "grant_ended" });
  });

  test("a process that lacks the key takes no lease from those that have it", async () => {
    const seals = createSeals(createVault(readKeyring(`other:${randomBytes(32).toString("base64")}`)));
    await using keyless = createCredentialProcess(world, { seals });
    await expire(world, row.id);
    const { id } = await stateOf(world, row.id);
    await expect(keyless.tryIssue(row.id)).rejects.toMatchObject({ name: "SealBroken" });
    await expect(keyless.maintain(id)).rejects.toMatchObject({ name: "SealBroken" });
    expect(await stateOf(world, row.id)).toMatchObject({ leased: false, unsettled: false });
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
  });

  test.each([0, -5, "soon"])("41. a token that ends in %j seconds lasts as documented", async (ends) => {
    await world.control.changeProvider({ provider: subject.id, token: { expires_in: ends } });
    const { id } = await stateOf(world, row.id);
    await expire(world, row.id);
    await one.maintain(id);
    expect(await dueIn(world, row.id, "keep")).toBeGreaterThan(3_600 * 0.74);
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await refreshes()).toBe(1);
  });

  test("a token that ends very soon is not renewed again at once by a job, but by whoever asks", async () => {
    await world.control.changeProvider({ provider: subject.id, token: { expires_in: 1 } });
    const { id } = await stateOf(world, row.id);
    await expire(world, row.id);
    await one.maintain(id);
    expect(await dueIn(world, row.id, "keep")).toBeGreaterThan(55);
    await sleep(1_000);
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await refreshes()).toBe(2);
    expect(await dueIn(world, row.id, "keep")).toBeGreaterThan(55);
  });

  test("a token whose answer does not say when it ends lasts as long as the one before", async () => {
    await world.control.changeProvider({ provider: subject.id, token: { expires_in: null } });
    await expireSealed(world, row.id);
    await expire(world, row.id, 60);
    const { id } = await stateOf(world, row.id);
    for (const round of [1, 2]) {
      await one.maintain(id);
      expect(await refreshes()).toBe(round);
      const due = await dueIn(world, row.id, "keep");
      expect(due).toBeGreaterThan(3660 * 0.74);
      expect(due).toBeLessThan(3660 * 0.86);
      expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer", expiresAt: expect.any(String) });
      await world.sql(
        "update credential set issued_at = issued_at - interval '1 hour', expires_at = expires_at - interval '1 hour' where id = $1",
        [id],
      );
    }
  });

  test("41. a token whose first answer does not say when it ends is renewed once to learn it", async () => {
    const before = await refreshes();
    await world.control.changeProvider({ provider: subject.id, token: { expires_in: null } });
    const { id } = await connect(await world.signedIn(), subject);
    // The answer to the refresh does not say it either: then it is as documented.
    for (const _time of [1, 2]) {
      expect(await one.tryIssue(id)).toMatchObject({ type: "bearer", expiresAt: expect.any(String) });
      expect(await refreshes()).toBe(before + 1);
    }
    const due = await dueIn(world, id, "keep");
    expect(due).toBeGreaterThan(3_600 * 0.74);
    expect(due).toBeLessThan(28_800 * 0.86);
  });

  test("54. a client that the provider refuses is our misconfiguration, and nobody is asked to reconnect", async () => {
    await expire(world, row.id);
    await fail({ status: 401, body: { error: "invalid_client", error_description: "Client authentication failed" } });
    expect(await one.tryIssue(row.id)).toMatchObject({ code: "provider_misconfigured" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 1, unsettled: false });
  });

  test.skipIf(subject.id === "paypal")(
    "41. a new refresh token beside an access token that cannot be used is kept, and brings the next",
    async () => {
      await world.control.changeProvider({ provider: subject.id, token: { token_type: "mac" } });
      await expire(world, row.id);
      expect(await one.tryIssue(row.id)).toMatchObject({ code: "provider_misbehaved" });
      await world.control.changeProvider({ provider: subject.id, token: {} });
      await loseLease(world, row.id);
      expect(await other.tryIssue(row.id)).toMatchObject({ type: "bearer" });
      expect(await stateOf(world, row.id)).toMatchObject({ status: "active", unsettled: false });
    },
  );

  test("a refresh token that the answer leaves out stays in force", async () => {
    await expire(world, row.id);
    await world.control.changeProvider({ provider: subject.id, token: { refresh_token: null } });
    const first = await one.tryIssue(row.id);
    expect(first).toMatchObject({ type: "bearer" });
    const [kept] = await world.sql<{ id: string; provider: string; secret: Buffer }>(
      "select k.* from credential k join connection c on c.credential_id = k.id where c.id = $1",
      [row.id],
    );
    expect(kept && world.seals.openCredentials(kept.secret, kept).refreshToken).toEqual(expect.any(String));
  });

  test("50. a holder that was gone for longer than its lease cannot write", async () => {
    const database = openDatabase(world.databaseUrl, { max: 1 });
    const store = createCredentialStore(database.db);
    const { id, version } = await stateOf(world, row.id);
    const late = "00000000-0000-4000-8000-000000000001";
    const take = await store.acquireLease({ id, version }, late, "refresh");
    if (take.type !== "acquired") throw new Error("not taken");
    expect(take.unsettled).toBe(false);
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    await loseLease(world, row.id);
    await expire(world, row.id);
    await one.tryIssue(row.id);
    const stale = {
      secret: Buffer.from("stale"),
      expiresInSeconds: 60,
      refreshExpiresInSeconds: undefined,
      maintainInSeconds: 50,
      backOffSeconds: undefined,
      subscribesToEvents: false,
    };
    for (const only of [false, true])
      expect(
        await store.storeRenewal(take.lease, { ...stale, isOnlyRenewal: only, keepsLease: false }),
      ).toBeUndefined();
    expect(await store.markDead(take.lease, { status: "revoked", reason: "grant_ended" })).toBe(false);
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    await database.close();
  });

  test("56. a disconnect while it is being renewed leaves nothing behind, here or there", async () => {
    await expire(world, row.id);
    await fail({ delayMs: 700 });
    const slow = one.tryIssue(row.id);
    await sleep(200);
    const { id } = await stateOf(world, row.id);
    expect((await disconnect(browser, subject, row.id)).status).toBe(200);
    expect(await slow).toMatchObject({ code: "connection_unknown" });
    const jobs = await world.sql("select from graphile_worker.jobs where key = $1", [`keep:${id}`]);
    const revoking = await world.sql("select from graphile_worker.jobs where key = $1", [`revoke:${id}`]);
    expect(revoking).toHaveLength(1);
    const [left] = await world.sql<{ status: string; version: number }>(
      "select status, version from credential where id = $1",
      [id],
    );
    expect(left).toMatchObject({ status: "disconnecting", version: 2 });
    expect(jobs.length).toBeLessThanOrEqual(1);
    await one.maintain(id);
    expect(await list(browser)).toEqual([]);
  });

  test("is renewed ahead of need, at three quarters of the token's life or a little later", async () => {
    const { id } = await stateOf(world, row.id);
    const [job] = await world.sql<{ at: number; life: number }>(
      `select extract(epoch from j.run_at - k.issued_at)::float8 as at, extract(epoch from k.expires_at - k.issued_at)::float8 as life
       from graphile_worker.jobs j, credential k where j.key = 'keep:' || k.id and k.id = $1`,
      [id],
    );
    expect(job && job.at / job.life).toBeGreaterThanOrEqual(0.74);
    expect(job && job.at / job.life).toBeLessThanOrEqual(0.86);
    await one.maintain(id);
    expect(await refreshes()).toBe(0);
    await world.sql(
      "update credential set expires_at = now() + (expires_at - issued_at) * 0.2, issued_at = now() - (expires_at - issued_at) * 0.8 where id = $1",
      [id],
    );
    await Promise.all([one.maintain(id), other.maintain(id)]);
    expect(await refreshes()).toBe(1);
    expect(await stateOf(world, row.id)).toMatchObject({ version: 2, status: "active" });
  });

  test("91. a refresh whose answer comes in a coding that was not asked for is read", async () => {
    await expire(world, row.id);
    await fail({ encoding: "gzip" });
    expect(await one.tryIssue(row.id)).toMatchObject({ type: "bearer" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", unsettled: false, version: 2 });
  });

  test("49. a refresh whose answer was lost is settled by what the provider allows", async () => {
    await expire(world, row.id);
    await fail({ drop: "after" });
    expect(await one.tryIssue(row.id)).toMatchObject({ code: "provider_unavailable" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", unsettled: true });
    await loseLease(world, row.id);
    const settled = await other.tryIssue(row.id);
    const strict = subject.id === "calendly" || subject.id === "zoom";
    expect(settled).toMatchObject(strict ? { code: "needs_reconnect", reason: "refresh_lost" } : { type: "bearer" });
    expect(await notices(world, row.id, "needs_reconnect")).toBe(strict ? 1 : 0);
    // Calendly is asked whether the token lives, and so never sent it again.
    expect(await refreshes()).toBe(subject.id === "calendly" ? 1 : 2);
  });

  test("a refresh that was recorded and never sent, for its process was killed, is carried out by another", async () => {
    await expire(world, row.id);
    const { id, version } = await stateOf(world, row.id);
    const database = openDatabase(world.databaseUrl, { max: 1 });
    await createCredentialStore(database.db).acquireLease(
      { id, version },
      "00000000-0000-4000-8000-000000000002",
      "refresh",
    );
    await database.close();
    const waiting = one.tryIssue(row.id);
    await sleep(300);
    expect(await refreshes()).toBe(0);
    await loseLease(world, row.id);
    expect(await waiting).toMatchObject({ type: "bearer" });
    expect(await refreshes()).toBe(1);
  });

  test("57. a database that is gone when the answer comes is waited for, and the new tokens are not lost", async () => {
    await expire(world, row.id);
    await fail({ delayMs: 300 });
    const slow = one.tryIssue(row.id);
    await sleep(150);
    await withoutDatabase(world, async () => await sleep(900));
    expect(await slow).toMatchObject({ type: "bearer" });
    expect(await refreshes()).toBe(1);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", version: 2, unsettled: false });
  });
});
