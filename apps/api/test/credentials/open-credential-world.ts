import { afterAll } from "vitest";
import { createWorld, type World } from "../harness/world.ts";
import { createCredentialProcess, type CredentialProcess, type ProcessOptions } from "./credential-process.ts";

/** A world in which nothing works in the background, and processes that keep its credentials: a test file's, closed after it. */
export async function openCredentialWorld(): Promise<{
  world: World;
  openProcess: (otherwise?: ProcessOptions) => CredentialProcess;
}> {
  const world = await createWorld({ env: { WORKERS: "0" } });
  const all = new AsyncDisposableStack();
  all.use(world);
  afterAll(() => all.disposeAsync());
  return { world, openProcess: (otherwise) => all.use(createCredentialProcess(world, otherwise)) };
}
