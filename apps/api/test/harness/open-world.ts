import { afterAll, afterEach } from "vitest";
import { listBugs } from "./memory-log.ts";
import { createWorld, type World } from "./world.ts";

/** Creates the world of a test file, and closes it after the file's last test. */
export async function openWorld(options?: Parameters<typeof createWorld>[0]): Promise<World> {
  const world = await createWorld(options);
  // A bug is answered with "internal" and no more. The report of a failed test names what the log says of it.
  afterEach(({ task }) => {
    const bugs = task.result?.state === "fail" ? listBugs(world.logged()) : [];
    if (bugs.length > 0) throw new Error(`The log says: ${bugs.join(" ")}`);
  });
  afterAll(() => world[Symbol.asyncDispose]());
  return world;
}
