import { openNotifications } from "@patchbay/core/db";
import { beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../harness/probe.ts";
import { getSubject } from "../harness/subjects.ts";
import { connect, list } from "../harness/walk.ts";
import { expire, forgetAll, loseLease, stateOf } from "./credential-process.ts";
import { openCredentialWorld } from "./open-credential-world.ts";

const { world, openProcess } = await openCredentialWorld();
const credentials = openProcess();
const zoom = getSubject("zoom");
const daySeconds = 86_400;
const failing = { status: "needs_reconnect", reason: "refresh_failing" };
const working = { status: "active", reason: null };

beforeEach(async () => {
  await Promise.all([world.control.reset(), forgetAll(world)]);
});

/** Counts the notifications about the owner of a connection. */
async function countNotifications(connection: number) {
  const notifications = await openNotifications({ url: world.databaseUrl, lost: () => {} });
  const [owner] = await world.sql<{ user_id: string }>("select user_id from connection where id = $1", [connection]);
  let count = 0;
  notifications.subscribe(owner?.user_id ?? "", () => (count += 1));
  return { count: () => count, close: () => notifications.close() };
}

describe("an account whose token has been over for a day", () => {
  test.each([
    ["cannot be read", { status: 200, body: "<html>" }],
    ["is a refusal in no known words", { status: 403, body: { message: "Request blocked" } }],
    ["does not come", { drop: "before" as const }],
  ])(
    "is shown as not working while the answer to a refresh %s, and works again after the first refresh",
    async (_what, fault) => {
      const browser = await world.signedIn();
      const row = await connect(browser, zoom);
      const { id } = await stateOf(world, row.id);
      await world.control.failRequests({ ...zoom.token, ...fault, times: 100 });
      await expire(world, row.id, 60 - daySeconds);
      await credentials.maintain(id);
      expect(await list(browser)).toMatchObject([working]);
      const told = await countNotifications(row.id);
      await expire(world, row.id, -daySeconds - 1);
      await credentials.maintain(id);
      expect(await list(browser)).toMatchObject([failing]);
      expect(await stateOf(world, row.id)).toMatchObject({ ...working, failures: 2 });
      await eventually(async () => expect(told.count()).toBe(1));
      await world.control.cancelFailures({ host: zoom.token.host });
      await loseLease(world, row.id);
      await credentials.maintain(id);
      expect(await list(browser)).toMatchObject([working]);
      await eventually(async () => expect(told.count()).toBe(2));
      await told.close();
    },
  );

  test("is not shown as failing before anybody has tried to refresh it", async () => {
    const browser = await world.signedIn();
    const row = await connect(browser, zoom);
    await expire(world, row.id, -2 * daySeconds);
    expect(await list(browser)).toMatchObject([working]);
  });
});
