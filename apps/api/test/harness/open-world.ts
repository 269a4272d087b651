import { afterAll } from "vitest";
import { createWorld, type World } from "./world.ts";

/** Creates the world of a test file, and closes it after the file's last test. */
export async function openWorld(options?: Parameters<typeof createWorld>[0]): Promise<World> {
  const world = await createWorld(options);
  afterAll(() => world[Symbol.asyncDispose]());
  return world;
}
