import { test } from "vitest";
import type { Subject } from "../harness/subjects.ts";
import { connect } from "../harness/walk.ts";
import type { World } from "../harness/world.ts";
import { forgetAll } from "./credential-process.ts";

/** Extends `test` with an account of a provider that is connected anew for each test, and with its user's browser. */
export const createConnectedTest = (world: World, subject: Subject) =>
  test
    .extend("browser", async () => {
      await Promise.all([world.control.reset(), forgetAll(world)]);
      return await world.signedIn();
    })
    .extend("row", async ({ browser }) => await connect(browser, subject));

/** Counts the refreshes that were sent to providers. */
export async function countRefreshes({ control }: World): Promise<number> {
  const { calls } = await control.listCalls();
  return calls.filter(({ form }) => form?.["grant_type"] === "refresh_token").length;
}

/** Lets the provider's token endpoint fail once. */
export const failToken = ({ control }: World, { token }: Subject, fault: object) =>
  control.failRequests({ ...token, ...fault });
