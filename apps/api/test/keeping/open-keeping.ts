import { afterAll } from "vitest";
import { createWorld, type World } from "../harness/world.ts";
import { createKeeper, type Keeper, type Otherwise } from "./keeper.ts";

/** A world in which nothing works in the background, and processes that keep its credentials: a test file's, closed after it. */
export async function openKeeping(): Promise<{ world: World; keepers: (otherwise?: Otherwise) => Keeper }> {
  const world = await createWorld({ env: { WORKERS: "0" } });
  const all = new AsyncDisposableStack();
  all.use(world);
  afterAll(() => all.disposeAsync());
  return { world, keepers: (otherwise) => all.use(createKeeper(world, otherwise)) };
}
