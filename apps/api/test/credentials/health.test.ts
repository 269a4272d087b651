import { randomBytes } from "node:crypto";
import { createCredentialStore, openDatabase } from "@patchbay/core/db";
import { createSeals, createVault, readKeyring } from "@patchbay/core/vault";
import { beforeEach, describe, expect, test } from "vitest";
import type { Browser } from "../harness/browser.ts";
import { eventually, hurry } from "../harness/probe.ts";
import { getSubject } from "../harness/subjects.ts";
import { connect, decide, begin, disconnect, finish, list } from "../harness/walk.ts";
import {
  createCredentialProcess,
  dueIn,
  expire,
  forgetAll,
  loseLease,
  notices,
  stateOf,
} from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const credentials = openProcess();
beforeEach(async () => {
  await Promise.all([world.control.reset(), forgetAll(world)]);
});

const [shopify, stripe, zoom] = [getSubject("shopify"), getSubject("stripe"), getSubject("zoom")];

const stripeApp = async () => (await world.control.listApps())["stripe"] as Record<string, Record<string, string>>;

/** A process that was set up with something else of Stripe's. */
function misconfigured(client: { id?: string; secret?: string; mode?: string }) {
  const { clients } = world.config.providers;
  if (clients["stripe"] === undefined) throw new Error("Stripe is not set up");
  return createCredentialProcess(world, { clients: { ...clients, stripe: { ...clients["stripe"], ...client } } });
}

/** Ends a grant at Stripe, as if its owner had done it there. */
async function endThere(browser: Browser): Promise<void> {
  const { url } = world.sandbox;
  const { clientId = "", secretKey } = (await world.control.listApps())["stripe"] as Record<string, string>;
  const [row] = await list(browser);
  const [found] = await world.sql<{ external_id: string }>("select external_id from connection where id = $1", [
    row?.id,
  ]);
  const answer = await fetch(`${url}/connect.stripe.com/oauth/deauthorize`, {
    method: "POST",
    headers: { authorization: `Bearer ${secretKey}` },
    body: new URLSearchParams({
      client_id: clientId,
      stripe_user_id: found?.external_id ?? "",
    }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

describe("an account that is asked about because nothing is renewed", () => {
  test("an account without refreshes is issued without going to the provider", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, stripe);
    const calls = (await world.control.listCalls()).calls.length;
    expect(await credentials.tryIssue(row.id)).toMatchObject({
      type: "stripe_account",
      livemode: false,
      expiresAt: null,
    });
    expect((await world.control.listCalls()).calls).toHaveLength(calls);
  });

  test("an account without refreshes stays as it is while the provider knows it, and the next question is planned", async () => {
    const row = await connect(await world.signedIn(), stripe);
    const { id } = await stateOf(world, row.id);
    await credentials.maintain(id);
    expect(await stateOf(world, row.id)).toMatchObject({
      status: "active",
      version: 1,
      leased: false,
      unsettled: false,
    });
    const [job] = await world.sql<{ hours: number }>(
      "select extract(epoch from run_at - now())::float8 / 3600 as hours from patchbay_worker.jobs where key = $1",
      [`keep:${id}`],
    );
    expect(job?.hours).toBeGreaterThan(4.9);
    expect(job?.hours).toBeLessThan(7.1);
  });

  test("an account without refreshes needs a reconnect once the provider says that the access was taken back, with one notice", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, stripe);
    const { id } = await stateOf(world, row.id);
    await endThere(browser);
    await credentials.maintain(id);
    await credentials.maintain(id);
    expect(await list(browser)).toMatchObject([{ status: "needs_reconnect", reason: "grant_ended" }]);
    expect(await credentials.tryIssue(row.id)).toMatchObject({ code: "needs_reconnect", reason: "grant_ended" });
    expect(await notices(world, row.id, "needs_reconnect")).toBe(1);
  });

  test("an account without refreshes is not held up by a process that lacks the key to ask", async () => {
    const row = await connect(await world.signedIn(), stripe);
    const { id } = await stateOf(world, row.id);
    const seals = createSeals(createVault(readKeyring(`other:${randomBytes(32).toString("base64")}`)));
    await using keyless = createCredentialProcess(world, { seals });
    await expect(keyless.maintain(id)).rejects.toMatchObject({ name: "SealBroken" });
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", leased: false });
  });

  test.each([
    { name: "a key that Stripe refuses", fault: { status: 401, body: { error: { message: "Invalid API Key" } } } },
    { name: "a provider that is down", fault: { status: 503, body: "" } },
    { name: "a cut connection", fault: { drop: "before" as const } },
  ])("an account without refreshes stays connected through $name", async ({ fault }) => {
    const row = await connect(await world.signedIn(), stripe);
    const { id } = await stateOf(world, row.id);
    await world.control.failRequests({ host: "api.stripe.com", ...fault });
    await credentials.maintain(id);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 1, leased: false });
  });
});

describe("an account that the key does not reach", () => {
  const keys = {
    "may read no accounts": async () => ({ secret: (await stripeApp())["restricted"]?.["secretKey"] ?? "" }),
    "is another platform's": async () => ({ secret: (await stripeApp())["foreign"]?.["secretKey"] ?? "" }),
  };
  const apps = {
    "is another platform's, as is the client id": async () => {
      const { clientId = "", secretKey = "" } = (await stripeApp())["foreign"] ?? {};
      return { id: clientId, secret: secretKey };
    },
    "is of the other mode": async () => {
      const { clientId = "", secretKey = "" } = (await stripeApp())["live"] ?? {};
      return { id: clientId, secret: secretKey, mode: "live" };
    },
  };

  test.each(Object.entries(keys))(
    "an account that the key does not reach stays connected where the key %s",
    async (_what, client) => {
      const row = await connect(await world.signedIn(), stripe);
      const { id } = await stateOf(world, row.id);
      await using other = misconfigured(await client());
      await other.maintain(id);
      await loseLease(world, row.id);
      await other.verify(id);
      expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 2, leased: false });
      await loseLease(world, row.id);
      await credentials.maintain(id);
      expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 0 });
    },
  );

  test.each(Object.entries(keys))(
    "an account that the key does not reach is not said to be revoked where the key %s",
    async (_what, client) => {
      const browser = await world.signedIn();
      const row = await connect(browser, stripe);
      const { id } = await stateOf(world, row.id);
      await world.control.failRequests({ ...stripe.revocation, status: 503 });
      expect((await disconnect(browser, stripe, row.id)).json["revocations"]).toMatchObject([{ outcome: "retrying" }]);
      await using other = misconfigured(await client());
      await expect(other.revoke(id)).rejects.toMatchObject({ code: "provider_misconfigured" });
      expect(await world.control.listRefreshableGrants("stripe")).toHaveLength(1);
      expect(await credentials.revoke(id)).toEqual({ outcome: "revoked" });
      expect(await world.control.listRefreshableGrants("stripe")).toEqual([]);
    },
  );

  test.each(Object.entries(apps))(
    "an account that the key does not reach is left alone where the key %s",
    async (_what, client) => {
      const browser = await world.signedIn();
      const row = await connect(browser, stripe);
      const { id } = await stateOf(world, row.id);
      await using other = misconfigured(await client());
      const asked = (await world.control.listCalls()).calls.length;
      expect(await other.tryIssue(row.id)).toMatchObject({ code: "provider_not_configured" });
      await other.maintain(id);
      await other.verify(id);
      expect((await world.control.listCalls()).calls).toHaveLength(asked);
      expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 0, leased: false });
      await world.control.failRequests({ ...stripe.revocation, status: 503 });
      expect((await disconnect(browser, stripe, row.id)).json["revocations"]).toMatchObject([{ outcome: "retrying" }]);
      await expect(other.revoke(id)).rejects.toMatchObject({ code: "provider_not_configured" });
      expect(await world.control.listRefreshableGrants("stripe")).toHaveLength(1);
      expect(await credentials.revoke(id)).toEqual({ outcome: "revoked" });
    },
  );

  test.each([
    { status: 403, body: { error: { type: "invalid_request_error", message: "Not permitted." } } },
    { status: 403, body: "<html>" },
    // Said of the platform's own account too, so that it is the key that is at fault.
    { status: 403, body: { error: { code: "account_invalid" } } },
  ])(
    "an account that the key does not reach stays connected through a 403 with $body, which does not say that the grant ended",
    async (fault) => {
      const row = await connect(await world.signedIn(), stripe);
      const { id } = await stateOf(world, row.id);
      await world.control.failRequests({ host: "api.stripe.com", ...fault, times: 2 });
      await credentials.maintain(id);
      expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 1 });
    },
  );
});

describe("an account that an event says was removed", () => {
  test("an account that an event says was removed is shown as revoked once the provider confirms it, and the reason is told", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, stripe);
    const { id } = await stateOf(world, row.id);
    await endThere(browser);
    await credentials.verify(id);
    await credentials.verify(id);
    expect(await list(browser)).toMatchObject([{ status: "revoked", reason: "removed_at_provider" }]);
    expect(await notices(world, row.id, "revoked")).toBe(1);
  });

  test.each([stripe, zoom])(
    "an account that an event says was removed stays connected where $id says that it lives: the event was late, or another's",
    async (subject) => {
      const row = await connect(await world.signedIn(), subject);
      const { id } = await stateOf(world, row.id);
      await credentials.verify(id);
      expect(await stateOf(world, row.id)).toMatchObject({ status: "active" });
      expect(await notices(world, row.id, "revoked")).toBe(0);
    },
  );

  test("an account that an event says was removed is left for later where the provider does not answer", async () => {
    const row = await connect(await world.signedIn(), stripe);
    const { id } = await stateOf(world, row.id);
    await world.control.failRequests({ host: "api.stripe.com", status: 503 });
    await credentials.verify(id);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active" });
    expect(await world.sql("select from patchbay_worker.jobs where key = $1", [`check:${id}`])).toHaveLength(1);
  });

  test("an account that an event says was removed is deleted with everything about it where the provider asks for that, but not where it lives", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, stripe);
    const { id } = await stateOf(world, row.id);
    await credentials.erase(id);
    expect(await list(browser)).toHaveLength(1);
    await endThere(browser);
    await credentials.erase(id);
    expect(await list(browser)).toEqual([]);
    expect(await world.sql("select from credential where id = $1", [id])).toEqual([]);
  });
});

describe("an account that is to be erased", () => {
  const dead = { status: 401, body: { error: "invalid_request", error_description: "an active refresh_token" } };

  test("an account that is to be erased is erased later where the provider does not answer, whoever finds out meanwhile that it is dead", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, shopify);
    const { id } = await stateOf(world, row.id);
    await world.control.failRequests({ ...shopify.token, status: 503 });
    await credentials.erase(id);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 1 });
    expect(await dueIn(world, row.id, "erase")).toBeGreaterThan(0);
    // Asked again too early, it is left alone, and comes again.
    await world.sql("delete from patchbay_worker._private_jobs");
    await credentials.erase(id);
    expect(await dueIn(world, row.id, "erase")).toBeGreaterThan(0);
    await expire(world, row.id);
    await world.control.failRequests({ ...shopify.token, ...dead });
    await credentials.maintain(id);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "needs_reconnect", reason: "grant_ended" });
    await credentials.erase(id);
    expect(await list(browser)).toEqual([]);
    expect(await world.sql("select from credential where id = $1", [id])).toEqual([]);
    expect(await notices(world, row.id, "erased")).toBe(1);
  });

  test("an account that is to be erased is erased later where another is at work on it", async () => {
    const row = await connect(await world.signedIn(), shopify);
    const { id, version } = await stateOf(world, row.id);
    const database = openDatabase(world.databaseUrl, { max: 1 });
    await createCredentialStore(database.db).acquireLease(
      { id, version },
      "00000000-0000-4000-8000-00000000000b",
      "refresh",
    );
    await database.close();
    await credentials.erase(id);
    expect(await dueIn(world, row.id, "erase")).toBeGreaterThan(0);
  });

  test("an account that is to be erased is erased later where its provider is not set up just now", async () => {
    await using unconfigured = createCredentialProcess(world, { clients: {} });
    const row = await connect(await world.signedIn(), shopify);
    const { id } = await stateOf(world, row.id);
    await unconfigured.erase(id);
    expect(await dueIn(world, row.id, "erase")).toBeGreaterThan(3000);
  });

  test("an account that is to be erased while it is being disconnected keeps its revocation, which deletes it", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, shopify);
    const { id } = await stateOf(world, row.id);
    await world.control.failRequests({ ...shopify.revocation, status: 503 });
    expect((await disconnect(browser, shopify, row.id)).json["revocations"]).toMatchObject([{ outcome: "retrying" }]);
    await credentials.erase(id);
    expect(await world.sql("select status from credential where id = $1", [id])).toEqual([{ status: "disconnecting" }]);
    const working = await world.another({ workers: 4 });
    await eventually(async () => {
      await hurry(world);
      expect(await world.sql("select from credential where id = $1", [id])).toEqual([]);
    });
    await working.stop();
    expect(await world.control.listRefreshableGrants("shopify")).toEqual([]);
  });
});

test("a grant that a failed connect has ended is found out and told: superseded", async () => {
  const owner = await world.signedIn();
  const row = await connect(owner, zoom);
  const { id } = await stateOf(world, row.id);
  await world.control.changeProvider({ provider: "zoom", grantedScopes: "meeting:read:meeting" });
  const back = await decide(await begin(owner, zoom), "allow", zoom.person);
  const landing = (await owner.get(back)).location;
  if (landing === undefined) throw new Error("no landing");
  expect((await finish(owner, zoom, landing))?.json).toMatchObject({ code: "scope_missing" });
  expect(await world.sql("select from patchbay_worker.jobs where key = $1", [`supersede:${id}`])).toHaveLength(1);
  await credentials.supersede(id);
  expect(await list(owner)).toMatchObject([{ status: "needs_reconnect", reason: "superseded" }]);
});

test.each(["verify", "supersede"] as const)(
  "a refresh whose answer was lost while somebody asked after the account is called that: %s",
  async (job) => {
    const row = await connect(await world.signedIn(), zoom);
    const { id } = await stateOf(world, row.id);
    await world.control.failRequests({ ...zoom.token, drop: "after" });
    await credentials[job](id);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "active", unsettled: true });
    await loseLease(world, row.id);
    await credentials[job](id);
    expect(await stateOf(world, row.id)).toMatchObject({ status: "needs_reconnect", reason: "refresh_lost" });
  },
);

test("a job that finds another at work comes again when that one's lease is over, and not much later", async () => {
  const row = await connect(await world.signedIn(), zoom);
  const { id, version } = await stateOf(world, row.id);
  await expire(world, row.id);
  const database = openDatabase(world.databaseUrl, { max: 1 });
  await createCredentialStore(database.db).acquireLease(
    { id, version },
    "00000000-0000-4000-8000-000000000002",
    "refresh",
  );
  await database.close();
  await world.sql("update credential set lease_until = now() + interval '5 seconds' where id = $1", [id]);
  await credentials.maintain(id);
  const [job] = await world.sql<{ late: number }>(
    `select extract(epoch from j.run_at - k.lease_until)::float8 as late
     from patchbay_worker.jobs j, credential k where j.key = 'keep:' || k.id and k.id = $1`,
    [id],
  );
  expect(job?.late).toBeGreaterThan(-0.01);
  expect(job?.late).toBeLessThan(2);
});

test("reconnecting in place keeps the connection's id and makes it work again", async () => {
  const browser = await world.signedIn();
  const row = await connect(browser, zoom);
  await expire(world, row.id);
  await world.control.failRequests({
    ...zoom.token,
    status: 400,
    body: { reason: "Invalid Token!", error: "invalid_grant" },
  });
  await credentials.tryIssue(row.id);
  expect(await list(browser)).toMatchObject([{ id: row.id, status: "needs_reconnect" }]);
  const again = await decide(await begin(browser, zoom, `?connection=${row.id}`), "allow", zoom.person);
  const landing = (await browser.get(again)).location;
  if (landing === undefined) throw new Error("no landing");
  expect((await finish(browser, zoom, landing))?.status).toBe(200);
  expect(await list(browser)).toMatchObject([{ id: row.id, status: "active", reason: null }]);
  expect(await credentials.tryIssue(row.id)).toMatchObject({ type: "bearer" });
});

test("a credential in use is ended once it is free: the disconnect says that it is being tried", async () => {
  const browser = await world.signedIn();
  const row = await connect(browser, zoom);
  const { id, version } = await stateOf(world, row.id);
  const database = openDatabase(world.databaseUrl, { max: 1 });
  await createCredentialStore(database.db).acquireLease(
    { id, version },
    "00000000-0000-4000-8000-00000000000a",
    "refresh",
  );
  await database.close();
  const receipt = await disconnect(browser, zoom, row.id);
  expect(receipt.json["revocations"]).toMatchObject([{ outcome: "retrying" }]);
  await world.sql("update credential set lease_until = now() where id = $1", [id]);
  const working = await world.another({ workers: 4 });
  await eventually(async () => {
    await hurry(world);
    expect(await world.sql("select from credential where id = $1", [id])).toEqual([]);
  });
  await working.stop();
  expect(await world.control.listRefreshableGrants("zoom")).toEqual([]);
});
