import { beforeEach, expect, test } from "vitest";
import { connect, disconnect, list, subjects, type Subject } from "../harness/walk.ts";
import { dueIn, forgetAll, loseLease, stateOf } from "./keeper.ts";
import { openKeeping } from "./open-keeping.ts";

const { world, keepers } = await openKeeping();
const keeper = keepers();
const shopify = subjects.find(({ id }) => id === "shopify") as Subject;

beforeEach(async () => {
  await Promise.all([world.door.reset(), forgetAll(world)]);
  await world.door.set({ provider: "shopify", nonExpiring: true });
});

const removeThere = () =>
  fetch(new URL("/_/remove", world.sandbox.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ provider: "shopify", person: shopify.person, deliver: false }),
  });

test("a token without an end is kept, handed out, asked about, and ended", async () => {
  const browser = await world.signedIn();
  const row = await connect(browser, shopify);
  const { id } = await stateOf(world, row.id);
  expect(await keeper.ask(row.id)).toMatchObject({ type: "bearer", expiresAt: null });
  await keeper.keep(id);
  expect(await stateOf(world, row.id)).toMatchObject({ status: "active", failures: 0, leased: false });
  expect(await dueIn(world, row.id, "keep")).toBeGreaterThan(4 * 3600);
  expect((await disconnect(browser, shopify, row.id)).json["revocations"]).toEqual([{ outcome: "revoked" }]);
});

test("one that the store has ended is found out by asking", async () => {
  const browser = await world.signedIn();
  const row = await connect(browser, shopify);
  const { id } = await stateOf(world, row.id);
  expect((await removeThere()).ok).toBe(true);
  await loseLease(world, row.id);
  await keeper.check(id);
  expect(await list(browser)).toMatchObject([{ status: "revoked", reason: "removed_at_provider" }]);
});
