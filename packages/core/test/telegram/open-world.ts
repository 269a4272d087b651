import { afterAll, afterEach, vi } from "vitest";
import { createWorld, type World } from "./world.ts";

/** The world of a test file: forgetful between its tests, and closed after them. */
export async function openWorld(): Promise<World> {
  // Key exchanges take their time, and failed connections are tried again.
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
  const world = await createWorld();
  afterEach(() => world.control.reset());
  afterAll(() => world[Symbol.asyncDispose]());
  return world;
}
