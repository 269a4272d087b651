import { beforeEach, expect, test } from "vitest";
import { entryOf } from "../harness/back-end.ts";
import type { Browser } from "../harness/browser.ts";
import { openWorld } from "../harness/open-world.ts";
import { eventually } from "../harness/probe.ts";
import { list } from "../harness/walk.ts";
import { forgetAll, notices, stateOf } from "./credential-process.ts";

const key = "a-key-of-at-least-thirty-two-characters";
const other = "another-key-of-at-least-thirty-two-chars";
const keyless = "a-key-that-names-no-provider-at-all-----";

const keys = [entryOf("one", key, "telegram"), entryOf("two", other, "telegram"), entryOf("three", keyless)];
const world = await openWorld({ telegram: true, env: { SERVICE_KEYS: keys.join(",") } });

const lena = "+12025550101";
let browser: Browser;
let id: number;

beforeEach(async () => {
  await forgetAll(world);
  await world.control.endSessions({ phone: lena });
  browser = await world.signedIn();
  const sent = await browser.post("/api/v1/channels/telegram/connect/phone", { phoneNumber: lena });
  const [code = ""] = await world.control.listCodes(lena);
  const done = await browser.post("/api/v1/channels/telegram/connect/verify-code", {
    sessionId: sent.json["sessionId"],
    code,
  });
  id = Number(done.json["accountId"]);
});

async function token(bearer: string, body?: object) {
  const response = await fetch(`${world.url}/api/v1/connections/${id}/token`, {
    method: "POST",
    headers: { authorization: `Bearer ${bearer}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const json = (await response.json()) as { type?: string; code?: string; session?: string; lease?: { id: string } };
  return { status: response.status, retryAfter: response.headers.get("retry-after"), ...json };
}

/** Lets the background work look after the connection now. */
async function look(): Promise<void> {
  await world.sql(
    "update patchbay_worker._private_jobs set run_at = now() where task_id in (select id from patchbay_worker._private_tasks where identifier = 'keep')",
  );
  await world.sql(`select pg_notify('jobs:insert', '{"r":"look","count":4}')`);
}

test("75. a session leaves for a key that names telegram, and to one holder at a time", async () => {
  const first = await token(key);
  expect(first).toMatchObject({ status: 200, type: "telegram_session", session: expect.any(String) as string });
  expect(await token(other)).toMatchObject({ status: 429, code: "too_many_requests" });
  expect(Number((await token(key)).retryAfter)).toBeGreaterThan(60);
  const again = await token(key, { lease: first.lease?.id });
  expect(again).toMatchObject({ status: 200, session: first.session });
  expect(await token(key, { lease: first.lease?.id })).toMatchObject({ status: 429 });
  await world.sql("update credential set lease_until = now()");
  expect(await token(other)).toMatchObject({ status: 200 });
});

test("no other key sees a session", async () => {
  expect(await token(keyless)).toMatchObject({ status: 404, code: "connection_unknown" });
  expect((await token("wrong")).status).toBe(401);
});

test("while it is lent nobody else uses it: a look waits, and a disconnect is tried again", async () => {
  await token(key);
  await look();
  await eventually(async () => {
    const [job] = await world.sql<{ later: boolean }>(
      "select run_at > now() as later from patchbay_worker.jobs where task_identifier = 'keep'",
    );
    expect(job?.later).toBe(true);
  });
  const calls = (await world.control.listCalls()).calls.length;
  const gone = await browser.post("/api/v1/channels/telegram/disconnect", { accountId: id });
  expect(gone.json["revocations"]).toMatchObject([{ outcome: "retrying" }]);
  expect((await world.control.listCalls()).calls).toHaveLength(calls);
  expect(await world.control.countSessions(lena)).toBe(1);
});

test.each(["USER_DEACTIVATED", "USER_DEACTIVATED_BAN"])(
  "a session whose account is gone (%s) needs a reconnect, and is disconnected for good",
  async (body) => {
    await world.control.failRequests({ host: "telegram", path: "users.getUsers", status: 401, body });
    await look();
    await eventually(async () => {
      expect(await list(browser)).toMatchObject([{ status: "needs_reconnect", reason: "grant_ended" }]);
    });
    await world.control.failRequests({ host: "telegram", path: "auth.logOut", status: 401, body });
    const gone = await browser.post("/api/v1/channels/telegram/disconnect", { accountId: id });
    expect(gone.json["revocations"]).toEqual([{ outcome: "revoked" }]);
    expect(await world.sql("select from credential")).toEqual([]);
  },
);

test("74. a session that was ended on the phone needs a reconnect, with one notice", async () => {
  await look();
  await eventually(async () => {
    const [job] = await world.sql<{ hours: number }>(
      "select extract(epoch from run_at - now())::float8 / 3600 as hours from patchbay_worker.jobs where task_identifier = 'keep'",
    );
    expect(job?.hours).toBeGreaterThan(4);
  });
  expect(await list(browser)).toMatchObject([{ status: "active" }]);
  await world.control.endSessions({ phone: lena });
  await look();
  await eventually(async () => {
    expect(await list(browser)).toMatchObject([{ status: "needs_reconnect", reason: "grant_ended" }]);
  });
  expect(await notices(world, id, "needs_reconnect")).toBe(1);
  expect(await token(key)).toMatchObject({ status: 409, code: "needs_reconnect", reason: "grant_ended" });
  expect(await stateOf(world, id)).toMatchObject({ leased: false });
});
